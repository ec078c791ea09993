"""`iomt delete`: all members of a graph's set, and nothing else.

What broker and store have kept stays, unless it is asked to go; and the namespace goes only where it was
made for the graph and nothing is left in it, of whatever kind.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from iomt.cluster.api import PARALLEL, Api, Body, Refused
from iomt.cluster.apply import deletion
from iomt.cluster.applyset import ApplySet
from iomt.cluster.change import Change, Effect
from iomt.cluster.kinds import CLAIM, NAMESPACE, POD, WORKLOADS
from iomt.cluster.revisions import forget, revisions

_PAUSE_SECONDS = 0.5
_OF_KUBERNETES = ("events", "endpoints", "endpointslices", "pods.metrics.k8s.io")
_IN_EVERY = ("kube-root-ca.crt", "default")


def delete(
    api: Api, graph: str, namespace: str, *, with_data: bool, seconds: float, tell: Callable[[str], None]
) -> list[Change]:
    """Delete, and wait until the pods have ended. Raises `Refused`, `NoCluster` and TimeoutError."""
    there = api.find(NAMESPACE.path("", namespace))
    if there is None or there["status"].get("phase") == "Terminating":
        return []
    owner = ApplySet(api, graph, namespace)
    kinds = owner.kinds()
    gone: list[Change] = []
    # What makes pods first, what they read last.
    for kind in sorted(kinds, key=lambda kind: (kind not in WORKLOADS, kind.plural)):
        for name, body in owner.members(kind).items():
            api.delete(kind.path(namespace, name), deletion(body))
            gone.append(Change(kind, name, Effect.PRUNED))
    selector = f"app.kubernetes.io/part-of={graph},app.kubernetes.io/managed-by=iomt"
    tell("waiting until the pods have ended")
    _until(lambda: not api.get(POD.path(namespace), labelSelector=selector)["items"], seconds)
    claims = api.get(CLAIM.path(namespace), labelSelector=selector)["items"]
    for claim in claims:
        name = claim["metadata"]["name"]
        if with_data:
            api.delete(CLAIM.path(namespace, name), deletion(claim))
            gone.append(Change(CLAIM, name, Effect.PRUNED))
        else:
            gone.append(Change(CLAIM, name, Effect.LEFT))
    for each in revisions(api, owner):
        forget(api, owner, each.number)
    owner.undeclare()
    if owner.owns(there):
        left = sorted(_left(api, namespace))
        if left:
            tell(f"namespace {namespace} stays: {', '.join(left)}")
        else:
            api.delete(NAMESPACE.path("", namespace), deletion(there))
            gone.append(Change(NAMESPACE, namespace, Effect.PRUNED))
    return gone


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(_PAUSE_SECONDS)


def _left(api: Api, namespace: str) -> Iterator[str]:
    """What is in the namespace and is neither Kubernetes' own nor on its way out."""

    def of_resource(resource: tuple[str, str, str]) -> list[str]:
        root, plural, kind = resource
        try:
            found = api.get(f"{root}/namespaces/{namespace}/{plural}", limit="50").get("items", ())
        except Refused as refused:
            # Nobody knows what is there, so it counts as something.
            return [] if refused.status in (404, 405) else [f"{plural} that this user may not see"]
        return [
            f"{kind.lower()}/{each['metadata']['name']}"
            for each in found
            if each["metadata"]["name"] not in _IN_EVERY and not _leaves(each)
        ]

    with ThreadPoolExecutor(PARALLEL) as pool:
        for found in pool.map(of_resource, list(_resources(api))):
            yield from found


def _leaves(body: Body) -> bool:
    return "ownerReferences" in body["metadata"] or "deletionTimestamp" in body["metadata"]


def _resources(api: Api) -> Iterator[tuple[str, str, str]]:
    """Path, plural and kind of all that a namespace can hold."""
    groups = api.get("/apis")["groups"]
    roots = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
    for root in roots:
        try:
            resources = api.get(root)["resources"]
        except Refused:
            continue  # an API whose server is away: what it holds cannot hold up the namespace's end for us
        group = root.removeprefix("/apis/").rpartition("/")[0] if root != "/api/v1" else ""
        for each in resources:
            full = f"{each['name']}.{group}" if group else each["name"]
            own = each["name"] in _OF_KUBERNETES or full in _OF_KUBERNETES
            if each["namespaced"] and "list" in each.get("verbs", ()) and not own:
                yield root, each["name"], each["kind"]
