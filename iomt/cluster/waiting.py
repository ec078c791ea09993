"""From applied to ready: what is told on the way, and why what is not ready is not."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable

from iomt.cluster import trouble
from iomt.cluster.api import Api, Body
from iomt.cluster.kinds import DEPLOYMENT, JOB, POD, ROLLOUT, STATEFUL_SET, WORKLOADS, Kind, kind_of
from iomt.targets.kubernetes.manifest import SOURCE, Manifest

_PAUSE_SECONDS = 0.5
INSTANCE = "app.kubernetes.io/instance"
_READY = "ready"


class Waiting:
    """For the Deployments, StatefulSets and Jobs among some objects."""

    def __init__(
        self, api: Api, namespace: str, manifests: Iterable[Manifest], tell: Callable[[str], None]
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._tell = tell
        self._wanted = {
            (kind_of(each.body), each.body["metadata"]["name"]): each
            for each in manifests
            if kind_of(each.body) in WORKLOADS
        }
        self._words: dict[str, str] = {}

    def until_ready(self, seconds: float) -> dict[str, str]:
        """Wait; what is not ready in time, by node and line of the graph, with the reason."""
        deadline = time.monotonic() + seconds
        while True:
            there, pods = self._look()
            unready = [key for key in self._wanted if not is_ready(key[0], there.get(key))]
            self._say(unready, pods)
            if not unready:
                return {}
            if time.monotonic() > deadline:
                break
            time.sleep(_PAUSE_SECONDS)
        return {self._title(key): self._reason(there.get(key), pods[self._node(key)]) for key in unready}

    def _look(self) -> tuple[dict[tuple[Kind, str], Body], dict[str, list[Body]]]:
        there = {
            (kind, each["metadata"]["name"]): each
            for kind in {kind for kind, _ in self._wanted}
            for each in self._api.get(kind.path(self._namespace))["items"]
        }
        return there, pods_by_node(self._api, self._namespace)

    def _say(self, unready: list[tuple[Kind, str]], pods: dict[str, list[Body]]) -> None:
        for key, manifest in self._wanted.items():
            node = self._node(key)
            loads = manifest.owner.component == "analyzer"
            word = trouble.word(pods[node], loads) if key in unready else _READY
            if self._words.get(node) != word:
                self._words[node] = word
                self._tell(f"{node:<24}{word}")

    def _reason(self, workload: Body | None, pods: list[Body]) -> str:
        if workload is None:
            return "it was deleted in the meantime"
        return trouble.reason(self._api, self._namespace, workload, pods)

    def _node(self, key: tuple[Kind, str]) -> str:
        return self._wanted[key].owner.name

    def _title(self, key: tuple[Kind, str]) -> str:
        origin = self._wanted[key].body["metadata"]["annotations"][SOURCE]
        return f"{self._node(key)} ({origin})"


def pods_by_node(api: Api, namespace: str) -> dict[str, list[Body]]:
    """All pods of the namespace, by the node they run for."""
    pods: dict[str, list[Body]] = defaultdict(list)
    for pod in api.get(POD.path(namespace))["items"]:
        pods[pod["metadata"].get("labels", {}).get(INSTANCE, "")].append(pod)
    return pods


def is_ready(kind: Kind, workload: Body | None) -> bool:
    """Whether it is rolled out whole: all its pods are of its newest form and ready."""
    if workload is None:
        return False
    status, wanted = workload.get("status", {}), workload["spec"].get("replicas", 1)
    if kind is JOB:
        return bool(status.get("succeeded"))
    if kind is ROLLOUT:  # a pause between two parts is as the user wants it
        seen = str(status.get("observedGeneration")) == str(workload["metadata"]["generation"])
        return seen and status.get("phase") in ("Healthy", "Paused")
    seen = status.get("observedGeneration", 0) >= workload["metadata"]["generation"]
    counts = [status.get("updatedReplicas", 0), status.get("readyReplicas", 0), status.get("replicas", 0)]
    if kind is DEPLOYMENT:
        return seen and all(count == wanted for count in (*counts, status.get("availableReplicas", 0)))
    assert kind is STATEFUL_SET
    rolled = status.get("updateRevision") == status.get("currentRevision") or counts[0] == wanted
    return bool(seen and rolled and counts[1] == wanted)
