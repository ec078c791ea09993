"""What the verbs beside `iomt apply` show of a graph that runs: the tests go on from each other, in order."""

import json
import re

import pytest

from tests.testbed.cluster import iomt, kubectl, objects
from tests.testbed.line import until

_TEXT = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: pair}
spec:
  nodes:
    left:  {kind: MSensor, device: video-file, options: {path: media/conveyor-a.mp4, loop: true}}
    right: {kind: MSensor, device: video-file, options: {path: media/conveyor-b.mp4, loop: true}}
    lake:  {kind: MStorage, device: object-lake}
    spare: {kind: MStorage, device: object-lake}
    wall:  {kind: MActuator, device: monitor}
  links:
    - left -> lake
    - right -> spare
    - {from: left, to: wall, transport: http}
    - right -> wall
"""


@pytest.fixture(scope="module")
def pair(lines):
    made = lines(_TEXT)
    made.applied()
    return made


def _run(pair, verb, *words):
    return iomt(verb, str(pair.path), *words, "--namespace", pair.namespace)


def _status(pair):
    told = json.loads(_run(pair, "status", "--json").stdout)
    return told, {each["name"]: each for each in told["links"]}


def test_status_tells_rates_and_what_waits(pair):
    until(lambda: (_status(pair)[1]["left.frames->lake.media"]["rate"] or 0) > 1)
    told, links = _status(pair)
    lake = links["left.frames->lake.media"]
    assert lake["waiting"] is not None
    assert 0 < lake["age"] < 30
    assert lake["dropped"] == {}
    until(lambda: (_status(pair)[1]["left.frames->wall.frames"]["rate"] or 0) > 1)
    rates = {each["name"]: each["rate"] for each in told["nodes"]}
    assert rates["left"] > 1
    assert rates["nats"] is None


def test_logs_go_on_in_the_next_pod(pair):
    done = _run(pair, "logs", "wall")
    assert done.returncode == 0, done.stderr
    assert "running" in done.stdout
    kubectl("-n", pair.namespace, "delete", "pod", pair.pods()["wall"])
    until(lambda: "running" in _run(pair, "logs", "wall").stdout)


def test_a_tap_shows_frames_and_takes_none(pair, tmp_path):
    done = _run(pair, "tap", "left->lake", "-n", "3", "--save", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    sequences = [int(json.loads(line)["headers"]["Iomt-Sequence"]) for line in done.stdout.splitlines()]
    assert len(sequences) == 3
    assert sequences == sorted(set(sequences))
    for each in tmp_path.glob("*.jpg"):
        assert each.read_bytes()[:2] == b"\xff\xd8"
    assert len(list(tmp_path.iterdir())) == 6


def test_nothing_differs_from_what_was_applied(pair):
    done = _run(pair, "diff", "--volume", "none", *pair.images)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_pod_that_read_what_was_changed_by_hand_is_made_anew_when_that_is_taken_back(pair):
    """Both cameras' settings are changed, and one camera starts again with them."""
    for node in ("left", "right"):
        _worse(pair, node)
    kubectl("-n", pair.namespace, "delete", "pod", pair.pods()["right"])
    until(lambda: "right" in pair.pods() and pair.ready("right"))
    before = pair.pods()
    refused = pair.apply()
    assert refused.returncode == 1
    assert "refused: configmap/right" in refused.stderr
    assert pair.pods() == before
    done = pair.apply("--force-conflicts")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"pod {before['right']} has read what was changed by hand" in done.stdout + done.stderr
    until(lambda: pair.pods().get("right", before["right"]) != before["right"] and pair.ready("right"))
    assert {node for node, pod in pair.pods().items() if pod != before[node]} == {"right"}
    assert re.fullmatch(r"\d+ unchanged", pair.applied("--force-conflicts").splitlines()[-1])


def _worse(pair, node):
    """Its pictures get coarser with the next start."""
    (told,) = (each for each in objects(pair.namespace, "configmaps") if each["metadata"]["name"] == node)
    settings = json.loads(told["data"]["settings.json"])
    settings["options"]["quality"] = 5
    patch = json.dumps({"data": {"settings.json": json.dumps(settings)}})
    kubectl("-n", pair.namespace, "patch", f"configmap/{node}", "--type=merge", "-p", patch)
