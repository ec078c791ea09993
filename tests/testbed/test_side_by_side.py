"""Two graphs in one cluster, and the same graph twice: neither knows of the other. In this order."""

import pytest

from tests.testbed.cluster import iomt, kubectl
from tests.testbed.line import until

_GRAPH = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {{name: {name}}}
spec:
  nodes:
    gate: {{kind: MSensor, device: video-file, options: {{path: media/conveyor-a.mp4, loop: true}}}}
    lake: {{kind: MStorage, device: object-lake}}
  links: [gate -> lake]
"""


@pytest.fixture(scope="module")
def three(lines):
    """Two of the graph `one`, and `two`, all ready."""
    made = [lines(_GRAPH.format(name=name)) for name in ("one", "one", "two")]
    for each in made:
        each.applied()
    return made


def _flows(line):
    before = line.stored("lake")
    until(lambda: line.stored("lake") > before)


def test_each_has_frames_of_its_own_camera_in_its_own_lake(three):
    for each in three:
        _flows(each)
        taken = sum(each.streams().values())
        assert 0 < taken < 1.1 * each.stored("lake") + 100


def test_a_change_of_one_changes_no_object_of_the_others(three):
    first, second, third = three
    before = second.versions(), third.versions(), second.pods(), third.pods()
    first.edit("lake}", "lake, options: {retain: 1d}}")
    assert "changed   deployment/lake" in first.applied("--prune")
    assert (second.versions(), third.versions(), second.pods(), third.pods()) == before


def test_one_deleted_leaves_the_others_running(three):
    first, second, third = three
    before = second.versions(), third.versions(), second.pods(), third.pods()
    done = iomt("delete", str(first.path), "--namespace", first.namespace, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    until(lambda: not kubectl("get", "namespace", first.namespace, "--ignore-not-found"))
    assert (second.versions(), third.versions(), second.pods(), third.pods()) == before
    for each in (second, third):
        _flows(each)
