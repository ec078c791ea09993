"""Two cameras and a lake, with volumes: whatever is killed, the lake gets every frame. In this order."""

import os
import re
import subprocess
import time

import pytest

from tests.testbed.cluster import kubectl, objects
from tests.testbed.line import until

KILL = os.environ.get("IOMT_TEST_KILL_CONTAINERS", "")
"""A command that kills all containers of a namespace's pods at once."""
_CAMERA = "{kind: MSensor, device: video-file, options: {path: media/conveyor-a.mp4, loop: true}}"
_GRAPH = f"""\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {{name: yard}}
spec:
  nodes:
    gate: {_CAMERA}
    yard: {_CAMERA}
    lake: {{kind: MStorage, device: object-lake}}
  links: ["[gate, yard] -> lake"]
"""
_FRAME = re.compile(r"^(?P<source>[^/]+)/.*/(?P<captured>\d+)-(?P<number>\d+)\.jpg$")


def _has_default_class():
    classes = objects("default", "storageclasses")
    return any("is-default-class" in str(each["metadata"].get("annotations")) for each in classes)


@pytest.fixture(scope="module")
def line(lines):
    if not _has_default_class():
        pytest.skip("the cluster has no default storage class")
    return lines(_GRAPH, volume="1Gi")


def _lost(line):
    """Frames of each source that are not in the lake between frames that are: a camera numbers its frames
    one by one, and begins anew with a new pod.
    """
    lost, last = {}, {}
    for key in line.keys("lake"):
        found = _FRAME.match(key)
        assert found, key
        source, number = found["source"], int(found["number"])
        lost.setdefault(source, 0)
        if number != 1:
            lost[source] += number - last[source] - 1
        last[source] = number
    return lost


def _nothing_is_lost(line, *nodes):
    """At once, or when what was under way has come again: after 10 s of silence."""
    until(lambda: _lost(line) == dict.fromkeys(nodes, 0), 30)


def _grows(line, nodes=("gate", "yard")):
    """Seconds until a new frame of each camera is in the lake."""
    begun = time.time_ns()

    def arrived():
        try:
            newest = {
                found["source"]: int(found["captured"]) for found in map(_FRAME.match, line.keys("lake"))
            }
        except AssertionError:  # the lake's own pod is on its way
            return False
        return all(newest.get(node, 0) > begun for node in nodes)

    return until(arrived)


def _delete(line, *pods, force=False):
    hard = ("--grace-period=0", "--force") if force else ()
    kubectl("-n", line.namespace, "delete", "pod", *pods, "--wait=false", *hard)


def test_broker_and_store_have_volumes(line):
    line.applied()
    claims = objects(line.namespace, "pvc")
    assert {each["metadata"]["name"]: each["status"]["phase"] for each in claims} == {
        "data-nats-0": "Bound",
        "data-store-0": "Bound",
    }
    _grows(line)


def test_a_broker_that_gets_new_users_loses_nothing_and_a_graph_can_go_back(line):
    """A third camera, without it, and with it once more: the third apply wants what the first made."""
    (before,) = (each["metadata"]["uid"] for each in objects(line.namespace, "pods") if _is(each, "nats"))
    line.edit("    lake:", f"    door: {_CAMERA}\n    lake:")
    line.edit(r"\[gate, yard\]", "[gate, yard, door]")
    with_door = line.path.read_text()
    line.applied("--prune")
    (after,) = (each["metadata"]["uid"] for each in objects(line.namespace, "pods") if _is(each, "nats"))
    assert after != before
    print(f"frames of three cameras {_grows(line, ('gate', 'yard', 'door')):.1f} s after it was ready")
    line.path.write_text(_GRAPH)
    line.applied("--prune")
    print(f"of two again after {_grows(line):.1f} s")
    line.path.write_text(with_door)
    told = line.applied("--prune")
    assert re.search(r"^created +job/iomt-bootstrap-", told, re.MULTILINE)
    print(f"of three again after {_grows(line, ('gate', 'yard', 'door')):.1f} s")
    _nothing_is_lost(line, "gate", "yard", "door")
    line.path.write_text(_GRAPH)
    line.applied("--prune")


def _is(pod, node):
    return pod["metadata"]["labels"]["app.kubernetes.io/instance"] == node


@pytest.mark.parametrize("pod", ["nats-0", "store-0"])
@pytest.mark.parametrize("force", [False, True], ids=["deleted", "killed"])
def test_without_broker_or_store_for_a_while_nothing_is_lost(line, pod, force):
    _delete(line, pod, force=force)
    print(f"{pod} {'killed' if force else 'deleted'}: frames again after {_grows(line):.1f} s")
    _nothing_is_lost(line, "gate", "yard", "door")


def test_all_pods_deleted_at_once_come_back_and_nothing_is_lost(line):
    _delete(line, *line.pods().values())
    print(f"all pods deleted: frames again after {_grows(line):.1f} s")
    _nothing_is_lost(line, "gate", "yard", "door")


@pytest.mark.skipif(not KILL, reason="IOMT_TEST_KILL_CONTAINERS names no command")
def test_all_containers_killed_at_once_come_back_and_what_a_stream_took_is_there(line):
    """A camera's process takes with it what the broker has not acknowledged: it is numbered and counted."""
    before = {node: line.metrics(node) for node in ("gate", "yard")}
    subprocess.run([KILL, line.namespace], check=True)
    print(f"all containers killed: frames again after {_grows(line):.1f} s")
    until(lambda: all(lost <= 5 for lost in _lost(line).values()), 30)
    for node in before:
        after = line.metrics(node)
        taken = 'iomt_output_accepted_total{port="frames"}'
        assert after[taken] > before[node][taken]
        print(f"{node}: {_lost(line)[node]} frames died with its process")


def test_in_the_end_all_that_the_streams_ever_took_is_in_the_lake(line):
    kubectl("-n", line.namespace, "scale", "deployment/gate", "deployment/yard", "--replicas=0")
    until(lambda: not {"gate", "yard"} & {*line.pods()})
    until(lambda: not [each for each in objects(line.namespace, "pods") if _is(each, "gate")])
    taken = {name: count for name, count in line.streams().items() if not name.startswith("yard_door")}

    def sources():
        return {
            f"yard_{name}_frames": len([key for key in line.keys("lake") if key.startswith(f"{name}/")])
            for name in ("gate", "yard")
        }

    until(lambda: sources() == taken, 30)
    print(f"streams took {taken}, all stored")
