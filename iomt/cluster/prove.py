"""`iomt prove`: tries in the running cluster, as each device, what its links allow and all else.

A probe is a pod like the device's own: its account, its labels, its Secret, its image. It is never ready, so
that no Service sends it what is meant for the device, and it is deleted when it has told.
"""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from iomt.cluster import trouble
from iomt.cluster.api import Api, Body
from iomt.cluster.applyset import ApplySet
from iomt.cluster.attempts import Attempt
from iomt.cluster.kinds import DEPLOYMENT, POD
from iomt.cluster.waiting import pods_by_node
from iomt.contract.probe import ALLOWED, VARIABLE, Tries
from iomt.targets.kubernetes.place import SETTINGS_FOLDER

PROBE = "iomt.dev/probe"
"""Label of the probes: no Deployment takes them for its own, and what an ended run left is found by it."""
_AT_ONCE = 6
_PAUSE_SECONDS = 0.3
_DIES_AFTER_SECONDS = 600
_ENDED = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt and what became of it: `ALLOWED`, `refused`, or what went wrong."""

    attempt: Attempt
    outcome: str

    @property
    def as_planned(self) -> bool:
        """What may be works, and what may not be does not, for whatever reason."""
        return (self.outcome == ALLOWED) == bool(self.attempt.reasons)


def prove(
    api: Api,
    owner: ApplySet,
    wanted: Iterable[Attempt],
    *,
    seconds: float,
    tell: Callable[[str], None],
) -> list[Tried]:
    """Try it all. Raises `Refused`, `NoCluster`, and TimeoutError with why a probe did not come up."""
    clear(api, owner)
    by_node: dict[str, list[Attempt]] = defaultdict(list)
    for each in wanted:
        by_node[each.node].append(each)
    addresses = {
        node: pod["status"].get("podIP", "")
        for node, pods in pods_by_node(api, owner.namespace).items()
        if (pod := trouble.newest(pods))
    }
    deployments = owner.members(DEPLOYMENT)
    run = secrets.token_hex(4)
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:

            def of_node(node: str) -> list[Tried]:
                found = _tried(api, owner, deployments[node], run, by_node[node], addresses, seconds)
                tell(f"{node:<24}{sum(each.as_planned for each in found)} of {len(found)} as planned")
                return found

            return [each for found in pool.map(of_node, by_node) for each in found]
    finally:
        clear(api, owner)


def clear(api: Api, owner: ApplySet) -> None:
    """Delete all probes, of whatever run."""
    path = POD.path(owner.namespace)
    selector = f"{PROBE},app.kubernetes.io/part-of={owner.graph}"
    for pod in api.get(path, labelSelector=selector)["items"]:
        api.delete(f"{path}/{pod['metadata']['name']}", {"gracePeriodSeconds": 0})


def _tried(
    api: Api,
    owner: ApplySet,
    deployment: Body,
    run: str,
    wanted: list[Attempt],
    addresses: Mapping[str, str],
    seconds: float,
) -> list[Tried]:
    path = POD.path(owner.namespace)
    name = f"iomt-probe-{run}-{deployment['metadata']['name']}"[:63].rstrip("-")
    words = {each: _word(each, addresses) for each in wanted}
    ways: dict[str, tuple[str, ...]] = {
        way: tuple(dict.fromkeys(words[each] for each in wanted if each.way == way and words[each]))
        for way in ("publish", "subscribe", "objects", "connect")
    }
    api.create(path, _pod(deployment, name, run, Tries(**ways)))
    pod = _ended(api, f"{path}/{name}", deployment["metadata"]["name"], seconds)
    said = api.text(f"{path}/{name}/log").splitlines()
    api.delete(f"{path}/{name}", {"gracePeriodSeconds": 0})
    if pod["status"]["phase"] == "Failed" or not said:
        raise TimeoutError(
            f"the probe of {deployment['metadata']['name']} ended badly: {' '.join(said[-1:])}"
        )
    found = json.loads(said[-1])
    return [
        Tried(each, found[each.way].get(words[each], "it has no pod that could be reached"))
        for each in wanted
    ]


def _word(attempt: Attempt, addresses: Mapping[str, str]) -> str:
    """What the probe is told: of a connection the address of the pod itself, past its Service."""
    if attempt.way != "connect":
        return attempt.what
    address = addresses.get(attempt.to, "")
    return f"{address}:{attempt.what.rpartition(':')[2]}" if address else ""


def _pod(deployment: Body, name: str, run: str, tries: Tries) -> Body:
    """The device's own pod with another program."""
    template = deployment["spec"]["template"]
    (own, *_) = template["spec"]["containers"]
    dropped = ("startupProbe", "readinessProbe", "livenessProbe", "ports", "lifecycle")
    container = {key: value for key, value in own.items() if key not in dropped}
    container |= {
        "command": ["python", "-m", "iomt.runtime.probe", f"{SETTINGS_FOLDER}/settings.json"],
        "env": [*own.get("env", ()), {"name": VARIABLE, "value": tries.packed()}],
        "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
    }
    return {
        "apiVersion": POD.api_version,
        "kind": POD.name,
        "metadata": {
            "name": name,
            "labels": {**template["metadata"]["labels"], PROBE: run},
            "ownerReferences": [_owned_by(deployment)],
        },
        "spec": {
            **template["spec"],
            "containers": [container],
            "restartPolicy": "Never",
            "activeDeadlineSeconds": _DIES_AFTER_SECONDS,
            "terminationGracePeriodSeconds": 0,
            "readinessGates": [{"conditionType": f"{PROBE}-never"}],
        },
    }


def _owned_by(deployment: Body) -> Body:
    """So that it goes with the graph, however this ends."""
    metadata = deployment["metadata"]
    return {"apiVersion": "apps/v1", "kind": "Deployment", "name": metadata["name"], "uid": metadata["uid"]}


def _ended(api: Api, path: str, node: str, seconds: float) -> Body:
    deadline = time.monotonic() + seconds
    while True:
        pod = api.get(path)
        if pod["status"].get("phase") in _ENDED:
            return pod
        if time.monotonic() > deadline:
            namespace = pod["metadata"]["namespace"]
            raise TimeoutError(
                f"the probe of {node} has not ended: {trouble.reason(api, namespace, {}, [pod])}"
            )
        time.sleep(_PAUSE_SECONDS)
