"""What the verbs beside `iomt apply` show of a graph that runs: the tests go on from each other, in order."""

import json
import time
from base64 import b64decode

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
_WIDEN = """
import json, sys
from pathlib import Path
from minio import MinioAdmin
from minio.credentials import StaticProvider
keys = StaticProvider(*json.loads(sys.argv[1]))
admin = MinioAdmin(endpoint='store:9000', credentials=keys, region='us-east-1', secure=False)
policy = json.loads(admin.policy_info('pair.spare'))
policy = policy.get('Policy', policy)
resource = ['arn:aws:s3:::pair-lake/*']
policy['Statement'].append({'Effect': 'Allow', 'Action': ['s3:PutObject'], 'Resource': resource})
admin.policy_add('pair.spare', policy=policy)
"""


@pytest.fixture(scope="module")
def pair(lines):
    made = lines(_TEXT)
    made.applied()
    return made


def _run(pair, verb, *words):
    return iomt(verb, str(pair.path), *words, "--namespace", pair.namespace)


def _prove(pair):
    done = _run(pair, "prove", "--json")
    tries = json.loads(done.stdout)
    wrong = {(each["node"], each["way"], each["what"]) for each in tries if not each["as_planned"]}
    return done.returncode, len(tries), wrong


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


def test_every_device_can_do_what_its_links_say_and_nothing_else_and_nothing_is_left(pair):
    begun = time.monotonic()
    assert _prove(pair) == (0, 235, set())
    print(f"235 tries in {time.monotonic() - begun:.1f} s")
    names = [each["metadata"]["name"] for each in objects(pair.namespace, "pods")]
    assert not [each for each in names if "probe" in each]
    assert not [each for each in pair.keys("lake") if "probe" in each]


def test_a_policy_that_is_gone_is_found(pair):
    kubectl("-n", pair.namespace, "delete", "networkpolicy", "spare", "iomt-default-deny")
    until(lambda: _prove(pair)[2] == {("spare", "connect", "wall:8080")})
    assert _prove(pair)[0] == 1
    pair.applied()
    until(lambda: _prove(pair)[2] == set())


def test_a_wider_policy_of_a_bucket_is_found(pair):
    (secret,) = (
        each["data"]
        for each in objects(pair.namespace, "secrets")
        if each["metadata"]["name"] == "iomt-credentials.iomt-bootstrap"
    )
    keys = json.dumps([b64decode(secret[f"store-{each}-key"]).decode() for each in ("access", "secret")])
    kubectl("-n", pair.namespace, "exec", "deploy/lake", "--", "python", "-c", _WIDEN, keys)
    assert _prove(pair)[2] == {("spare", "objects", "put pair-lake")}


def test_a_wider_permission_at_the_broker_is_found(pair):
    (told,) = (each for each in objects(pair.namespace, "configmaps") if each["metadata"]["name"] == "nats")
    allowed = '{"allow": ["iomt.pair.left.frames"]}'
    text = told["data"]["nats.conf"]
    assert allowed in text
    wider = text.replace(allowed, '{"allow": ["iomt.pair.left.frames", "iomt.pair.right.*"]}')
    patch = json.dumps({"data": {"nats.conf": wider}})
    kubectl("-n", pair.namespace, "patch", "configmap/nats", "--type=merge", "-p", patch)
    kubectl("-n", pair.namespace, "delete", "pod", "nats-0")
    until(lambda: ("left", "publish", "iomt.pair.right.frames") in _prove(pair)[2])
    done = _run(pair, "prove")
    assert "left can publish on iomt.pair.right.frames, and no link says so" in done.stderr
