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
    yard:
      kind: MSensor
      device: video-file
      each: 0..2
      options: {path: media/conveyor-b.mp4, loop: true}
    all:
      kind: MAnalyzer
      model: ../devices/models/digits-resnet
      replicas: 1
      resources: {cpu: 100m, limits: {cpu: 250m}}
    log: {kind: MStorage, device: result-log, options: {interval: 1s}}
  links:
    - {from: [yard-0, yard-1, yard-2], to: all, delivery: durable}
    - all -> log
"""


@pytest.fixture(scope="module")
def line(lines):
    made = lines(_GRAPH)
    made.applied()
    return made


def _rate(line, seconds=15):
    """Frames/s that are analysed."""
    before, begun = len(line.results("log")), time.monotonic()
    time.sleep(seconds)
    return (len(line.results("log")) - before) / (time.monotonic() - begun)


def _waiting(line):
    """Messages for the analyzer, not delivered yet or not acknowledged; and how many were given again."""
    told = json.loads(line.raw("nats-0", 8222, "/jsz?consumers=true"))
    consumers = [
        consumer
        for account in told["account_details"]
        for stream in account["stream_detail"]
        for consumer in stream["consumer_detail"]
        if stream["name"].startswith("many_yard-")
    ]
    assert len(consumers) == 3
    return (
        sum(each["num_pending"] + each["num_ack_pending"] for each in consumers),
        sum(each["num_redelivered"] for each in consumers),
    )


def test_three_pods_do_more_than_one_and_each_frame_is_analysed_once(line):
    until(lambda: _waiting(line)[0] > 100)
    rates = [_rate(line)]
    for before, after in ((1, 3), (3, 1)):
        _replicas(line, before, after)
        assert _waiting(line)[0] > 100
        rates.append(_rate(line))
    cameras = [f"yard-{number}" for number in range(3)]
    kubectl("-n", line.namespace, "scale", *[f"deployment/{each}" for each in cameras], "--replicas=0")
    until(lambda: not any(_of(line, each) for each in cameras))
    line.edit("replicas: 1", "replicas: 3")
    line.apply("--no-wait")  # of the cameras it says that somebody scaled them
    until(lambda: _waiting(line)[0] == 0, 300)
    published = {f"many_{each}_frames": line.streams()[f"many_{each}_frames"] for each in cameras}
    until(lambda: len(_frames(line)) >= sum(published.values()), 30)
    frames = _frames(line)
    numbers = {
        f"many_{each}_frames": sorted(number for source, number in frames if source == each)
        for each in cameras
    }
    told = ", ".join(f"{count}: {rate:.1f}/s" for count, rate in zip((1, 3, 1), rates, strict=True))
    print(f"replicas {told}; {len(frames)} frames; {_waiting(line)[1]} given again")
    assert numbers == {name: list(range(1, count + 1)) for name, count in published.items()}
    first, three, last = rates
    assert three > 1.5 * max(first, last)


def _frames(line):
    return [(each.source, each.frame) for each in line.results("log")]


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
