"""The graph's Secret: users and passwords that are made once, in the cluster, and kept."""

import base64
import secrets
from collections.abc import Iterable

from iomt.cluster.api import MERGE, Api, Refused
from iomt.cluster.applyset import ApplySet
from iomt.cluster.kinds import SECRET
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.place import SECRET as NAME

_USERS = {BROKER_USER: "iomt", STORE_ACCESS_KEY: "iomt"}
_CONFLICT = 409


def keys(plan: Plan) -> list[str]:
    """What the devices of a graph need to know."""
    wanted: list[str] = []
    if any(device.broker for device in plan.devices):
        wanted += [BROKER_USER, BROKER_PASSWORD]
    if any(device.store for device in plan.devices):
        wanted += [STORE_ACCESS_KEY, STORE_SECRET_KEY]
    return wanted


def lacking(api: Api, namespace: str, wanted: Iterable[str]) -> list[str]:
    """Those of the keys that the Secret has not."""
    there = api.find(SECRET.path(namespace, NAME)) or {}
    return [key for key in wanted if key not in there.get("data", {})]


def keep(api: Api, owner: ApplySet, wanted: Iterable[str]) -> bool:
    """See that the Secret has these keys; a value that is there is never changed. Whether it was written.

    Two at once are no trouble: one makes it, the other finds it made.
    """
    wanted = list(wanted)
    there = api.find(SECRET.path(owner.namespace, NAME))
    if there is None:
        try:
            api.create(SECRET.path(owner.namespace), _new(owner, wanted))
            return True
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            there = api.get(SECRET.path(owner.namespace, NAME))
    missing = [key for key in wanted if key not in there.get("data", {})]
    if missing:
        # With the version that was read: whoever was faster is not overwritten.
        version = {"resourceVersion": there["metadata"]["resourceVersion"]}
        body = {"metadata": version, "data": {key: _value(key) for key in missing}}
        api.patch(SECRET.path(owner.namespace, NAME), body, MERGE, fieldManager="iomt")
    return bool(missing)


def _new(owner: ApplySet, wanted: Iterable[str]) -> dict[str, object]:
    labels = {
        "app.kubernetes.io/name": "iomt",
        "app.kubernetes.io/instance": NAME,
        "app.kubernetes.io/part-of": owner.graph,
        "app.kubernetes.io/component": "credentials",
        "app.kubernetes.io/managed-by": "iomt",
    }
    body = {
        "apiVersion": SECRET.api_version,
        "kind": SECRET.name,
        "metadata": {"name": NAME, "namespace": owner.namespace, "labels": labels},
        "type": "Opaque",
        "data": {key: _value(key) for key in wanted},
    }
    return owner.joined(body)


def _value(key: str) -> str:
    # Begins with a letter: nats-server would take one of digits alone for a number.
    text = _USERS.get(key) or f"k{secrets.token_hex(16)}"
    return base64.b64encode(text.encode()).decode()
