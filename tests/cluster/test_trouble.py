"""How far a pod is, and why it goes no further: from what the kubelet writes into its status."""

import pytest

from iomt.cluster.change import Effect, effect
from iomt.cluster.kinds import DEPLOYMENT, JOB, STATEFUL_SET
from iomt.cluster.trouble import newest, reason, restarts, word
from iomt.cluster.waiting import is_ready


def _pod(state=None, *, last=None, conditions=(), name="shapes-1", made="2026-01-01T00:00:00Z", **metadata):
    containers = [
        {"name": "device", "image": "x:1", "state": state, "lastState": last or {}, "restartCount": 2}
    ]
    return {
        "metadata": {"name": name, "uid": name, "creationTimestamp": made, **metadata},
        "status": {
            "phase": "Pending",
            "conditions": list(conditions),
            "containerStatuses": containers if state else [],
        },
    }


_UNSCHEDULED = _pod(
    conditions=[{"type": "PodScheduled", "status": "False", "message": "0/1 nodes: Insufficient cpu"}]
)
_NO_IMAGE = _pod({"waiting": {"reason": "ImagePullBackOff", "message": "not found"}})
_CRASHING = _pod({"waiting": {"reason": "CrashLoopBackOff"}}, last={"terminated": {"exitCode": 78}})
_AGAIN = _pod({"running": {}}, last={"terminated": {"exitCode": 1}})
_RUNNING = _pod({"running": {}})


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ([], "applied"),
        ([_pod()], "applied"),
        ([_UNSCHEDULED], "not scheduled"),
        ([_NO_IMAGE], "no image"),
        ([_pod({"waiting": {"reason": "ContainerCreating"}})], "pulling, mounting"),
        ([_CRASHING], "crashing"),
        ([_AGAIN], "crashing"),
        ([_RUNNING], "loading model"),
    ],
)
def test_a_node_is_as_far_as_its_pod(pods, expected):
    assert word(pods, loads_model=True) == expected


def test_a_node_without_a_model_only_starts():
    assert word([_RUNNING], loads_model=False) == "starting"


def test_the_pod_that_counts_is_the_newest_that_stays():
    old, new = _pod(name="old"), _pod(name="new", made="2026-01-02T00:00:00Z")
    leaving = _pod(name="leaving", made="2026-01-03T00:00:00Z", deletionTimestamp="2026-01-04T00:00:00Z")
    assert newest([new, leaving, old]) is new
    assert newest([leaving]) is None


def test_restarts_are_those_of_all_containers():
    assert restarts([_RUNNING, _CRASHING]) == 4


class _Cluster:
    """The API server's side: the last log of a container, the warnings about an object."""

    def text(self, path, **query):
        assert path.endswith("/pods/shapes-1/log")
        assert query == {"container": "device", "tailLines": "5", "previous": "true"}
        return "loading\nno such model\n"

    def get(self, path, **query):
        about = {"uid": "shapes-1"}
        return {"items": [{"involvedObject": about, "reason": "Unhealthy", "message": "probe: 503"}]}


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        (_UNSCHEDULED, "no node takes its pod: 0/1 nodes: Insufficient cpu"),
        (_NO_IMAGE, "image x:1: not found"),
        (_CRASHING, "it ends with exit code 78 (2 restarts):\nloading\nno such model"),
        (_RUNNING, "Unhealthy: probe: 503"),
    ],
)
def test_the_reason_is_the_clusters_own(pod, expected):
    assert reason(_Cluster(), "line", {"status": {}}, [pod]) == expected


class _Pulling:
    """No warning, and of all that happened to the pod the pulling came last."""

    def get(self, path, **query):
        if query:
            return {"items": []}
        about = {"uid": "shapes-1"}
        told = (("Pulling", 'Pulling image "x:1"', "09:02"), ("Scheduled", "Successfully assigned", "09:01"))
        return {
            "items": [
                {"involvedObject": about, "reason": why, "message": text, "lastTimestamp": time}
                for why, text, time in told
            ]
        }


def test_a_pod_that_waits_for_its_image_is_told_to_be_pulling_it():
    waiting = _pod({"waiting": {"reason": "ContainerCreating"}})
    assert reason(_Pulling(), "line", {"status": {}}, [waiting]) == 'it is still pulling image "x:1"'


def test_a_quota_is_told_by_the_deployment_where_there_is_no_pod():
    failed = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: pods=3"}
    assert reason(_Cluster(), "line", {"status": {"conditions": [failed]}}, []) == "exceeded quota: pods=3"


def test_a_deployment_is_ready_when_all_its_pods_are_of_its_newest_form():
    status = {"observedGeneration": 2, "updatedReplicas": 1, "readyReplicas": 1, "replicas": 1}
    whole = {
        "metadata": {"generation": 2},
        "spec": {"replicas": 1},
        "status": status | {"availableReplicas": 1},
    }
    assert is_ready(DEPLOYMENT, whole)
    for name, value in (("observedGeneration", 1), ("updatedReplicas", 0), ("replicas", 2)):
        assert not is_ready(DEPLOYMENT, whole | {"status": whole["status"] | {name: value}})
    assert not is_ready(DEPLOYMENT, None)


def test_a_stateful_set_is_ready_when_it_is_rolled_out_and_a_job_when_it_has_succeeded():
    status = {"observedGeneration": 1, "readyReplicas": 1, "updateRevision": "b", "currentRevision": "b"}
    whole = {"metadata": {"generation": 1}, "spec": {"replicas": 1}, "status": status}
    assert is_ready(STATEFUL_SET, whole)
    assert not is_ready(STATEFUL_SET, whole | {"status": status | {"currentRevision": "a"}})
    assert not is_ready(JOB, {"metadata": {}, "spec": {}, "status": {"failed": 1}})
    assert is_ready(JOB, {"metadata": {}, "spec": {}, "status": {"succeeded": 1}})


def test_what_others_write_is_no_change_of_ours():
    before = {"metadata": {"resourceVersion": "1", "managedFields": []}, "spec": {"a": 1}, "status": {"x": 1}}
    after = {"metadata": {"resourceVersion": "2"}, "spec": {"a": 1}, "status": {"x": 2}}
    assert effect(before, after) is Effect.UNCHANGED
    assert effect(before, after | {"spec": {"a": 2}}) is Effect.CHANGED
    assert effect(None, after) is Effect.CREATED
