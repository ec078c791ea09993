"""How many pods there are is decided in the cluster: by cores, and by what waits in a stream. In this order.

It needs metrics-server and KEDA (`up --scalers`).
"""

import json
import time
from base64 import b64decode

import pytest

from tests.testbed.cluster import kubectl, objects
from tests.testbed.line import until

_GRAPH = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: scaled}
spec:
  nodes:
    gate: {kind: MSensor, device: video-file, options: {path: media/conveyor-a.mp4, loop: true}}
    yard: {kind: MSensor, device: video-file, options: {path: media/conveyor-b.mp4, loop: true}}
    busy:
      kind: MAnalyzer
      model: ../devices/models/digits-resnet
      autoscale: {min: 1, max: 2, cpu: 50%}
      resources: {cpu: 100m}
    late:
      kind: MAnalyzer
      model: ../devices/models/digits-resnet
      autoscale: {min: 0, max: 3, lag: 20}
      resources: {cpu: 100m}
    log: {kind: MStorage, device: result-log, options: {interval: 1s}}
    wall: {kind: MActuator, device: monitor}
  links:
    - {from: gate, to: busy, delivery: durable}
    - busy -> wall
    - {from: yard, to: late, delivery: durable}
    - late -> log
"""
_FORGET = """
import asyncio, json, sys
import nats
from pathlib import Path
user, password = json.loads(sys.argv[1])
told = json.loads(Path('/etc/iomt/settings.json').read_text())
async def main():
    broker = await nats.connect(
        told['broker'], user=user, password=password, inbox_prefix=b'_INBOX.scaled._bootstrap'
    )
    print(await broker.jetstream().delete_consumer('scaled_yard_frames', 'late_media'))
    await broker.close()
asyncio.run(main())
"""
"""Deletes the analyzer's consumer, with the rights of the bootstrap."""
_SECONDS = 420
"""The HorizontalPodAutoscaler's own calm is 300 s."""


@pytest.fixture(scope="module")
def line(lines):
    served = kubectl("get", "apiservices", "-o", "name")
    if not all(f"v1beta1.{each}" in served for each in ("metrics.k8s.io", "external.metrics.k8s.io")):
        pytest.skip("the cluster has no metrics-server and KEDA")
    made = lines(_GRAPH)
    made.applied()
    _cameras(made, 0)
    return made


def _cameras(line, replicas):
    kubectl("-n", line.namespace, "scale", "deployment/gate", "deployment/yard", f"--replicas={replicas}")


def _wanted(line, node):
    """How many pods somebody wants of it."""
    found = {each["metadata"]["name"]: each["spec"] for each in objects(line.namespace, "deployments")}
    return found[node]["replicas"]


def _waiting(line):
    """Messages for the analyzer that scales by them: not delivered yet, or not acknowledged."""
    told = json.loads(line.raw("nats-0", 8222, "/jsz?consumers=true"))
    (account,) = told["account_details"]
    (stream,) = (each for each in account["stream_detail"] if each["name"] == "scaled_yard_frames")
    (consumer,) = stream["consumer_detail"]
    return consumer["num_pending"] + consumer["num_ack_pending"]


def test_a_node_without_messages_has_no_pod_and_nothing_is_wrong(line):
    until(lambda: _waiting(line) == 0, _SECONDS)
    print(
        f"none is wanted {until(lambda: _wanted(line, 'late') == 0, _SECONDS):.0f} s after the last message"
    )
    done = line.run("diff")
    assert done.returncode == 1, done.stdout + done.stderr  # the cameras, by hand
    assert "deployment/late" not in done.stdout


def test_both_grow_while_cameras_run_and_shrink_afterwards(line):
    begun = time.monotonic()
    _cameras(line, 1)
    seen = {}
    for name, reached in (
        ("the first message waits", lambda: _waiting(line) > 0),
        ("one is wanted by lag", lambda: _wanted(line, "late") >= 1),
        ("one is ready", lambda: "late" in line.pods() and line.ready("late")),
        ("three are wanted by lag", lambda: _wanted(line, "late") == 3),
        ("two are wanted by cores", lambda: _wanted(line, "busy") == 2),
    ):
        until(reached, _SECONDS)
        seen[name] = time.monotonic() - begun
    _cameras(line, 0)
    begun = time.monotonic()
    for name, reached in (
        ("nothing waits", lambda: _waiting(line) == 0),
        ("none is wanted by lag", lambda: _wanted(line, "late") == 0),
        ("one is wanted by cores", lambda: _wanted(line, "busy") == 1),
    ):
        until(reached, _SECONDS)
        seen[name] = time.monotonic() - begun
    print(", ".join(f"{name}: {seconds:.0f} s" for name, seconds in seen.items()))
    published = line.streams()["scaled_yard_frames"]

    def analysed():
        return [(each.source, each.captured_ns) for each in line.results("log")]

    until(lambda: len(set(analysed())) >= published, 30)
    frames = analysed()
    print(f"{published} frames, each analysed; {len(frames) - len(set(frames))} lines twice")
    assert len(set(frames)) == published


def test_a_consumer_that_is_missing_does_not_scale_to_the_maximum(line):
    """The ScaledObject's fallback is what the graph is reckoned to need: one."""
    (secret,) = (
        each["data"]
        for each in objects(line.namespace, "secrets")
        if each["metadata"]["name"] == "iomt-credentials.iomt-bootstrap"
    )
    user = json.dumps([b64decode(secret[f"broker-{each}"]).decode() for each in ("user", "password")])
    told = kubectl("-n", line.namespace, "exec", "deploy/log", "--", "python", "-c", _FORGET, user)
    assert told.strip() == "True"
    _cameras(line, 1)
    begun, most = time.monotonic(), 0
    while time.monotonic() - begun < 90:
        most = max(most, _wanted(line, "late"))
        time.sleep(1)
    conditions = kubectl(
        "-n", line.namespace, "get", "scaledobject", "late", "-o", "jsonpath={.status.conditions}"
    )
    states = {each["type"]: each["status"] for each in json.loads(conditions)}
    print(f"without a consumer: {most} at most, {states}")
    assert most <= 1
    assert states["Ready"] == "False" or states["Fallback"] == "True"
