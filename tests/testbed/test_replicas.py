"""An analyzer whose pods may use a part of a core each, under more load than one of them can take."""

import json
import time

import pytest

from tests.testbed.cluster import kubectl, objects
from tests.testbed.line import until

_GRAPH = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: many}
spec:
  nodes:
    yard: {kind: MSensor, device: video-file, options: {path: media/conveyor-b.mp4, loop: true}}
    all:
      kind: MAnalyzer
      model: ../devices/models/digits-resnet
      replicas: 1
      resources: {cpu: 100m, limits: {cpu: 150m}}
    log: {kind: MStorage, device: result-log, options: {interval: 1s}}
  links:
    - {from: yard, to: all, delivery: durable}
    - all -> log
"""


@pytest.fixture(scope="module")
def line(lines):
    made = lines(_GRAPH)
    made.applied()
    return made


def _rate(line, seconds=20):
    """Frames/s that are analysed."""
    before, begun = len(line.results("log")), time.monotonic()
    time.sleep(seconds)
    return (len(line.results("log")) - before) / (time.monotonic() - begun)


def _waiting(line):
    """Messages for the analyzer: not delivered yet, or not acknowledged."""
    told = json.loads(line.raw("nats-0", 8222, "/jsz?consumers=true"))
    (account,) = told["account_details"]
    (stream,) = (each for each in account["stream_detail"] if each["name"] == "many_yard_frames")
    (consumer,) = stream["consumer_detail"]
    return consumer["num_pending"] + consumer["num_ack_pending"], consumer["num_redelivered"]


def test_three_pods_do_what_their_cores_can_and_each_frame_is_analysed_once(line):
    until(lambda: _waiting(line)[0] > 100)
    rates = [_rate(line)]
    for before, after in ((1, 3), (3, 1)):
        _replicas(line, before, after)
        assert _waiting(line)[0] > 100
        rates.append(_rate(line))
    kubectl("-n", line.namespace, "scale", "deployment/yard", "--replicas=0")
    until(lambda: not _of(line, "yard"))
    line.edit("replicas: 1", "replicas: 3")
    line.apply()
    until(lambda: _waiting(line)[0] == 0, 300)
    published = line.streams()["many_yard_frames"]
    until(lambda: len({each.frame for each in line.results("log")}) >= published, 30)
    frames = [each.frame for each in line.results("log")]
    told = ", ".join(f"{count}: {rate:.1f}/s" for count, rate in zip((1, 3, 1), rates, strict=True))
    again = len(frames) - len(set(frames))
    print(f"replicas {told}; {published} frames; {_waiting(line)[1]} given again, {again} analysed twice")
    assert sorted(set(frames)) == list(range(1, published + 1))
    assert again == 0
    first, three, last = rates
    assert three > 2 * max(first, last)


def _replicas(line, before, after):
    line.edit(f"replicas: {before}", f"replicas: {after}")
    told = line.applied()
    assert [row.split()[1] for row in told.splitlines() if row.startswith("changed")] == ["deployment/all"]
    until(lambda: len(_of(line, "all")) == after)


def _of(line, node):
    return [
        each
        for each in objects(line.namespace, "pods")
        if each["metadata"]["labels"]["app.kubernetes.io/instance"] == node
    ]
