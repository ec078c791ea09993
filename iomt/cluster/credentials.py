"""The graph's Secrets, one for each party: users and passwords, made once in the cluster and then kept."""

import base64
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from iomt.cluster.api import MERGE, PARALLEL, Api, Body, Refused
from iomt.cluster.applyset import ApplySet
from iomt.cluster.kinds import SECRET
from iomt.targets.kubernetes.accounts import Keys

_CONFLICT = 409


def lacking(api: Api, namespace: str, accounts: Mapping[str, Keys]) -> list[str]:
    """Keys that Secrets of the user's have not, as `KEY in NAME`."""
    return [
        f"{key} in {name}"
        for name, keys in accounts.items()
        for there in [api.find(SECRET.path(namespace, name)) or {}]
        for key in keys
        if key not in there.get("data", {})
    ]


def keep(api: Api, owner: ApplySet, accounts: Mapping[str, Keys]) -> list[str]:
    """See that the Secrets have their keys; a value that is there is never changed. Names of those written.

    Two at once are no trouble: one makes a Secret, the other finds it made.
    """
    members = owner.members(SECRET) if accounts else {}

    def see_to(name: str) -> bool:
        return _keep(api, owner, name, accounts[name], members.get(name))

    with ThreadPoolExecutor(PARALLEL) as pool:
        written = list(pool.map(see_to, accounts))
    return [name for name, yes in zip(accounts, written, strict=True) if yes]


def _keep(api: Api, owner: ApplySet, name: str, wanted: Keys, there: Body | None) -> bool:
    if there is None:
        try:
            api.create(SECRET.path(owner.namespace), _new(owner, name, wanted))
            return True
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            there = api.get(SECRET.path(owner.namespace, name))
    missing = {key: value for key, value in wanted.items() if key not in there.get("data", {})}
    if missing:
        # With the version that was read: whoever was faster is not overwritten.
        version = {"resourceVersion": there["metadata"]["resourceVersion"]}
        body = {"metadata": version, "data": {key: _encoded(value) for key, value in missing.items()}}
        api.patch(SECRET.path(owner.namespace, name), body, MERGE, fieldManager="iomt")
    return bool(missing)


def _new(owner: ApplySet, name: str, wanted: Keys) -> Body:
    labels = {
        "app.kubernetes.io/name": "iomt",
        "app.kubernetes.io/instance": name.partition(".")[2] or name,
        "app.kubernetes.io/part-of": owner.graph,
        "app.kubernetes.io/component": "credentials",
        "app.kubernetes.io/managed-by": "iomt",
    }
    body = {
        "apiVersion": SECRET.api_version,
        "kind": SECRET.name,
        "metadata": {"name": name, "namespace": owner.namespace, "labels": labels},
        "type": "Opaque",
        "data": {key: _encoded(value) for key, value in wanted.items()},
    }
    return owner.joined(body)


def _encoded(value: str) -> str:
    # Begins with a letter: nats-server would take one of digits alone for a number.
    text = value or f"k{secrets.token_hex(16)}"
    return base64.b64encode(text.encode()).decode()
