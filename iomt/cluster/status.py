"""`iomt status`: the nodes of a graph as the cluster has them."""

from collections.abc import Mapping
from dataclasses import dataclass

from iomt.cluster import trouble
from iomt.cluster.api import Api, Body
from iomt.cluster.applyset import ApplySet
from iomt.cluster.kinds import WORKLOADS, Kind
from iomt.cluster.waiting import INSTANCE, is_ready
from iomt.targets.kubernetes.manifest import SOURCE

_COMPONENT = "app.kubernetes.io/component"


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node, or a part of the platform. ``ready`` pods of ``wanted``; ``origin`` is file:line;
    ``state`` is how far it is; ``model`` is empty where there is none.
    """

    name: str
    component: str
    state: str
    ready: int
    wanted: int
    restarts: int
    image: str
    model: str
    origin: str


def status(
    api: Api, owner: ApplySet, models: dict[str, str], pods: Mapping[str, list[Body]]
) -> list[NodeStatus]:
    """Of all members of the set that run something; ``models`` and ``pods`` by node.

    Raises `Refused` and `NoCluster`.
    """
    found = [
        _of(kind, body, pods.get(body["metadata"]["labels"][INSTANCE], []), models)
        for kind in WORKLOADS
        if kind in owner.kinds()
        for body in owner.members(kind).values()
    ]
    return sorted(found, key=lambda each: (_line(each.origin), each.name))


def _of(kind: Kind, workload: Body, pods: list[Body], models: dict[str, str]) -> NodeStatus:
    metadata, spec, told = workload["metadata"], workload["spec"], workload.get("status", {})
    name, component = metadata["labels"][INSTANCE], metadata["labels"][_COMPONENT]
    state = "ready" if is_ready(kind, workload) else trouble.word(pods, component == "analyzer")
    return NodeStatus(
        name=name,
        component=component,
        state=state,
        ready=told.get("readyReplicas", told.get("succeeded", 0)),
        wanted=spec.get("replicas", spec.get("completions", 1)),
        restarts=trouble.restarts(pods),
        image=spec["template"]["spec"]["containers"][0]["image"],
        model=models.get(name, ""),
        origin=metadata["annotations"][SOURCE],
    )


def _line(origin: str) -> int:
    line = origin.rpartition(":")[2]
    return int(line) if line.isdigit() else 0
