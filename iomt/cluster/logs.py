"""`iomt logs`: what the pods of a node say, also across their ends when it is followed."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from iomt.cluster.api import Api, Body, Refused
from iomt.cluster.kinds import POD
from iomt.targets.kubernetes.manifest import INSTANCE, PART_OF

_PAUSE_SECONDS = 1.0
_NOT_YET = (400, 404)
"""A container that has not started, and a pod that is gone."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line, as the container wrote it, and the pod that it ran in."""

    pod: str
    line: str


def logs(api: Api, graph: str, namespace: str, node: str, *, tail: int, previous: bool) -> Iterator[Said]:
    """The last ``tail`` lines of each pod; ``previous``: of the container before its last crash."""
    query = {"tailLines": str(tail)} | ({"previous": "true"} if previous else {})
    for pod in _pods(api, graph, namespace, node):
        try:
            text = api.text(f"{POD.path(namespace, _name(pod))}/log", **query)
        except Refused as refused:
            if refused.status not in _NOT_YET:
                raise
            continue
        for line in text.splitlines():
            yield Said(_name(pod), line)


def followed(api: Api, graph: str, namespace: str, node: str, *, tail: int) -> Iterator[Said]:
    """The same and all that follows, until nobody wants more: of new pods from their first line on."""
    said: queue.SimpleQueue[Said | Exception] = queue.SimpleQueue()
    follows: dict[str, threading.Thread] = {}
    first = True
    while True:
        for pod in _pods(api, graph, namespace, node):
            name, uid = _name(pod), _life(pod)
            if uid not in follows and _runs(pod):
                limits = {"tailLines": str(tail)} if first else {}
                arguments = (api, f"{POD.path(namespace, name)}/log", name, limits, said)
                follows[uid] = threading.Thread(target=_follow, args=arguments, daemon=True)
                follows[uid].start()
        first = False
        try:
            while True:
                got = said.get(timeout=_PAUSE_SECONDS)
                if isinstance(got, Exception):
                    raise got
                yield got
        except queue.Empty:
            continue


def _follow(
    api: Api, path: str, pod: str, limits: dict[str, str], said: "queue.SimpleQueue[Said | Exception]"
) -> None:
    try:
        for line in api.lines(path, follow="true", **limits):
            said.put(Said(pod, line))
    except Refused as refused:
        if refused.status not in _NOT_YET:
            said.put(refused)
    except Exception as error:
        said.put(error)


def _pods(api: Api, graph: str, namespace: str, node: str) -> list[Body]:
    """Oldest first."""
    selector = f"{PART_OF}={graph},{INSTANCE}={node}"
    found: list[Body] = api.get(POD.path(namespace), labelSelector=selector)["items"]
    return sorted(found, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))


def _name(pod: Body) -> str:
    return str(pod["metadata"]["name"])


def _life(pod: Body) -> str:
    """A container that was started again is followed anew."""
    restarts = [each.get("restartCount", 0) for each in pod["status"].get("containerStatuses", ())]
    return f"{pod['metadata']['uid']}/{restarts}"


def _runs(pod: Body) -> bool:
    return any("running" in each.get("state", {}) for each in pod["status"].get("containerStatuses", ()))
