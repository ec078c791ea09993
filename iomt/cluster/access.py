"""Whether we may do it all: asked before anything is changed."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from iomt.cluster.api import PARALLEL, Api
from iomt.cluster.kinds import DEPLOYMENT, JOB, NAMESPACE, POD, STATEFUL_SET, Kind

_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def missing(api: Api, namespace: str, kinds: Iterable[Kind], verbs: Iterable[str]) -> list[str]:
    """What we may not do, as `verb plural`, of all verbs for all kinds and what waiting needs."""
    asked = [(verb, kind) for kind in kinds for verb in verbs]
    asked += [("list", kind) for kind in (DEPLOYMENT, STATEFUL_SET, JOB, POD)]

    def ask(each: tuple[str, Kind]) -> bool:
        verb, kind = each
        wanted = {"verb": verb, "group": kind.group, "resource": kind.plural}
        if kind.scoped:
            wanted["namespace"] = namespace
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": wanted},
        }
        return bool(api.create(_REVIEW, review)["status"]["allowed"])

    once = list(dict.fromkeys(asked))
    with ThreadPoolExecutor(PARALLEL) as pool:
        allowed = list(pool.map(ask, once))
    return [f"{verb} {kind.plural}" for (verb, kind), yes in zip(once, allowed, strict=True) if not yes]


def unknown(api: Api, kinds: Iterable[Kind]) -> list[Kind]:
    """The kinds that the cluster does not have: what defines them is not installed."""
    versions = list(dict.fromkeys(kind.api_version for kind in kinds if kind.group))

    def known(version: str) -> set[str]:
        told = api.find(f"/apis/{version}") or {}
        return {each["name"] for each in told.get("resources", ())}

    with ThreadPoolExecutor(PARALLEL) as pool:
        plurals = dict(zip(versions, pool.map(known, versions), strict=True))
    return [kind for kind in kinds if kind.group and kind.plural not in plurals[kind.api_version]]


def for_apply(api: Api, namespace: str, kinds: set[Kind], *, prune: bool, new: bool) -> list[str]:
    """What `iomt apply` may not do. ``new``: the namespace is to be made."""
    inside = {kind for kind in kinds if kind.scoped}
    verbs = ["get", "list", "create", "patch", *(["delete"] if prune else [])]
    lacking = missing(api, namespace, sorted(inside, key=lambda kind: kind.plural), verbs)
    if new:
        lacking += missing(api, namespace, [NAMESPACE], ["create", "patch"])
    return list(dict.fromkeys(lacking))
