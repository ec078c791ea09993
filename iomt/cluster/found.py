"""What is in the cluster under the names that a graph wants: looked at before anything is changed."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from iomt.cluster.api import PARALLEL, Api, Body, Refused
from iomt.cluster.applyset import ApplySet
from iomt.cluster.kinds import NAMESPACE, Kind

Key = tuple[Kind, str]
"""Kind and name of an object in the graph's namespace."""
_FORBIDDEN = 403


class NotAllowed(Exception):
    """Something stands in the way, found before anything was changed. The text says what, a line each."""


def find_namespace(api: Api, owner: ApplySet) -> tuple[Body | None, bool]:
    """The namespace, None where there is none, and whether it is the graph's to change.

    Raises `NotAllowed` where it is on its way out.
    """
    try:
        there = api.find(NAMESPACE.path("", owner.namespace))
    except Refused as refused:
        if refused.status != _FORBIDDEN:
            raise
        return {"metadata": {}, "status": {}}, False  # whoever may not look at it uses what was given
    if there is None:
        return None, True
    if there["status"].get("phase") == "Terminating":
        raise NotAllowed(f"namespace {owner.namespace} is being deleted: try again when it is gone")
    return there, owner.owns(there)


def find_objects(api: Api, owner: ApplySet, wanted: Iterable[Key]) -> dict[Key, Body]:
    """Those of the wanted objects that are there. Raises `NotAllowed` where one is somebody else's."""
    keys = {key for key in wanted if key[0].scoped}
    found: dict[Key, Body] = {}
    with ThreadPoolExecutor(PARALLEL) as pool:
        lists = pool.map(lambda kind: (kind, _listed(api, kind, owner.namespace)), {kind for kind, _ in keys})
        for kind, bodies in lists:
            for each in bodies:
                if (kind, each["metadata"]["name"]) in keys:
                    found[kind, each["metadata"]["name"]] = each
    foreign = [
        f"{kind.name.lower()}/{name} in namespace {owner.namespace} is there and {_whose(each)}"
        for (kind, name), each in found.items()
        if not owner.owns(each)
    ]
    if foreign:
        cure = "rename the node, delete the object, or choose another --namespace"
        raise NotAllowed("\n".join([*sorted(foreign), cure]))
    return found


def _whose(body: Body) -> str:
    labels = body["metadata"].get("labels", {})
    if labels.get("app.kubernetes.io/managed-by") == "iomt":
        return f"of graph {labels.get('app.kubernetes.io/part-of')}"
    return "not of this graph"


def _listed(api: Api, kind: Kind, namespace: str) -> list[Body]:
    """All of a kind. A list leaves kind and version of its items out: they are put back."""
    items: list[Body] = api.get(kind.path(namespace)).get("items", [])
    for each in items:
        each |= {"apiVersion": kind.api_version, "kind": kind.name}
    return items
