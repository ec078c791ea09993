"""A model is changed and an analyzer multiplied while cameras run. In this order."""

import json
import re
import time
from itertools import pairwise

import pytest

from tests.testbed.cluster import kubectl, objects
from tests.testbed.line import until

_GRAPH = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: eyes}
spec:
  nodes:
    gate: {kind: MSensor, device: video-file, options: {path: media/conveyor-a.mp4, loop: true}}
    yard: {kind: MSensor, device: video-file, options: {path: media/conveyor-b.mp4, loop: true}}
    lake: {kind: MStorage, device: object-lake}
    live: {kind: MAnalyzer, model: ../devices/models/shapes-rtdetr, resources: {cpu: 100m}}
    all: {kind: MAnalyzer, model: ../devices/models/digits-resnet, replicas: 1, resources: {cpu: 100m}}
    live-log: {kind: MStorage, device: result-log, options: {interval: 1s}}
    all-log: {kind: MStorage, device: result-log, options: {interval: 1s}}
  links:
    - "[gate, yard] -> lake"
    - gate -> live -> live-log
    - {from: yard, to: all, delivery: durable}
    - all -> all-log
"""


@pytest.fixture(scope="module")
def line(lines):
    made = lines(_GRAPH)
    made.applied()
    return made


def _gaps(results):
    """Seconds between the capture times of one result and the next."""
    taken = [each.captured_ns for each in results]
    return [(after - before) / 1e9 for before, after in pairwise(taken)]


def test_another_model_takes_over_without_a_gap(line):
    until(lambda: len(line.results("live-log")) >= 100)
    before = line.pods()
    swapped = time.time_ns()
    line.edit(r"(live: .*)shapes-rtdetr", r"\1digits-resnet")
    # The other model has another task, which is a label of all that is of the node.
    kinds = ("networkpolicy", "serviceaccount", "configmap", "deployment", "service")
    differs = json.loads(line.shown("diff", "--json", returncode=1))
    assert [each["object"] for each in differs] == [f"{kind}/live" for kind in kinds]
    told = line.applied()
    changed = [row.split()[1] for row in told.splitlines() if row.startswith("changed")]
    assert changed == [f"{kind}/live" for kind in kinds]
    after = line.pods()
    assert {node for node in before if before[node] != after[node]} == {"live"}
    over = time.time_ns()
    until(lambda: any(each.captured_ns > over for each in line.results("live-log")))

    results = line.results("live-log")
    assert {each.model.rpartition("/")[2] for each in results} == {"shapes-rtdetr", "digits-resnet"}
    steady = [each for each in results if each.captured_ns < swapped]
    change = [each for each in results if each.captured_ns >= swapped]
    longest, usual = max(_gaps(change)), max(_gaps(steady))
    slowest = max(each.seconds for each in results)
    print(f"longest gap {longest:.2f} s, before it {usual:.2f} s; slowest inference {slowest:.2f} s")
    # Both models load and run on the same cores for a while.
    assert longest < usual + slowest + 1


def _rate(line, seconds=10):
    """Frames/s that the durable analyzer does."""
    before, begun = len(line.results("all-log")), time.monotonic()
    time.sleep(seconds)
    return (len(line.results("all-log")) - before) / (time.monotonic() - begun)


def test_an_analyzer_of_one_three_and_one_replicas_does_each_frame_once(line):
    rates = {"1": _rate(line)}
    for before, after in (("1", "3"), ("3", "1")):
        line.edit(rf"replicas: {before}", f"replicas: {after}")
        told = line.applied()
        assert [row.split()[1] for row in told.splitlines() if row.startswith("changed")] == [
            "deployment/all"
        ]
        rates[f"{before} to {after}"] = _rate(line)
    kubectl("-n", line.namespace, "scale", "deployment/yard", "--replicas=0")
    until(lambda: "yard" not in line.pods())

    def waiting():
        told = json.loads(line.raw("nats-0", 8222, "/jsz?consumers=true"))
        (account,) = told["account_details"]
        (stream,) = (each for each in account["stream_detail"] if each["name"] == "eyes_yard_frames")
        (consumer,) = (each for each in stream["consumer_detail"] if each["name"].startswith("all_"))
        return consumer["num_pending"] + consumer["num_ack_pending"]

    until(lambda: waiting() == 0, 300)
    published = line.streams()["eyes_yard_frames"]
    until(lambda: len({each.frame for each in line.results("all-log")}) >= published, 30)
    frames = [each.frame for each in line.results("all-log")]
    again = len(frames) - len(set(frames))
    told = ", ".join(f"{which}: {rate:.1f}/s" for which, rate in rates.items())
    print(f"replicas {told}; {published} frames, each analysed; {again} lines twice")
    assert sorted(set(frames)) == list(range(1, published + 1))
    assert again == 0


def test_what_a_person_scaled_is_told_until_it_is_taken_back(line):
    kubectl("-n", line.namespace, "scale", "deployment/all", "--replicas=2")
    done = line.apply("--no-wait")
    assert done.returncode == 1
    assert re.search(r"refused: deployment/all \(line.yaml:\d+\): spec.replicas is kubectl's", done.stderr)
    done = line.apply("--force-conflicts")
    assert done.returncode == 0, done.stdout + done.stderr
    (all_,) = (each for each in objects(line.namespace, "deployments") if each["metadata"]["name"] == "all")
    assert all_["spec"]["replicas"] == 1
