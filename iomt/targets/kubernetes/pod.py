"""What all pods have in common: no privileges, no tokens, a folder to write in, a mounted Secret."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from iomt.contract.secret import Reference
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.targets.kubernetes.config_files import config_volume
from iomt.targets.kubernetes.manifest import SETTINGS, Body, Owner
from iomt.targets.kubernetes.place import CREDENTIALS_FOLDER, SETTINGS_FOLDER, USERS_FOLDER

NOBODY: Mapping[str, str] = {}
_FEW, _hashed = 200, count()
_USER = 65532
_READABLE_BY_GROUP = 0o440


def pod_template(
    owner: Owner,
    container: Body,
    *,
    config_maps: Sequence[str],
    digest: str,
    credentials: str,
    secrets: Collection[Reference] = (),
    users: Mapping[str, str] = NOBODY,
    writable: Mapping[str, str],
    groups: Collection[int] = (),
    pull_secrets: Collection[str] = (),
    **spec: object,
) -> Body:
    """A pod that reads ``config_maps``; another ``digest`` of what they say makes a new pod.

    ``credentials`` is the Secret with the pod's own accounts, empty where it has none; ``secrets`` are
    those of the user beside it, and ``users`` maps others, whose accounts the pod makes, to their Secrets.
    ``writable`` maps names of volumes that live as long as the pod to where they are mounted. ``groups``
    are more of those that its user is in. ``spec`` goes into the pod's spec.
    """
    volumes: list[Body] = [{"name": "settings", **config_volume(config_maps)}]
    mounts: list[Body] = [{"name": "settings", "mountPath": SETTINGS_FOLDER, "readOnly": True}]
    for name, path in writable.items():
        volumes.append({"name": name, "emptyDir": {}})
        mounts.append({"name": name, "mountPath": path})
    if credentials or secrets:
        volumes.append({"name": "credentials", **_credentials(credentials, secrets, users)})
        mounts.append({"name": "credentials", "mountPath": CREDENTIALS_FOLDER, "readOnly": True})
    return {
        # Not the graph's line: a node that moved down in its file goes on running.
        "metadata": {"labels": owner.labels, "annotations": {SETTINGS: digest}},
        "spec": {
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            **pulling(pull_secrets),
            **spec,
            "securityContext": pod_security(groups),
            "containers": [
                {
                    **container,
                    "securityContext": container_security(),
                    "volumeMounts": mounts,
                }
            ],
            "volumes": volumes,
        },
    }


def _credentials(own: str, secrets: Collection[Reference], users: Mapping[str, str]) -> Body:
    """One folder. Optional: a pod that waits for a Secret says nothing, a device says which is missing."""
    if not (secrets or users):
        return {"secret": {"secretName": own, "optional": True, "defaultMode": _READABLE_BY_GROUP}}
    sources: list[Body] = [{"secret": {"name": own, "optional": True}}] if own else []
    for name in sorted({each.name for each in secrets}):
        of_name = sorted(each for each in set(secrets) if each.name == name)
        items = [{"key": each.key, "path": each.file} for each in of_name]
        sources.append({"secret": {"name": name, "items": items, "optional": True}})
    for user, name in users.items():
        keys = (STORE_ACCESS_KEY, STORE_SECRET_KEY)
        items = [{"key": key, "path": f"{USERS_FOLDER}/{user}/{key}"} for key in keys]
        sources.append({"secret": {"name": name, "items": items, "optional": True}})
    return {"projected": {"sources": sources, "defaultMode": _READABLE_BY_GROUP}}


def pulling(secrets: Collection[str]) -> Body:
    """Secrets for the registries that images come from."""
    return {"imagePullSecrets": [{"name": each} for each in secrets]} if secrets else {}


def pod_security(groups: Collection[int] = ()) -> Body:
    """What Pod Security `restricted` asks of a pod; its volumes are its group's."""
    return {
        **({"supplementalGroups": list(groups)} if groups else {}),
        "runAsNonRoot": True,
        "runAsUser": _USER,
        "runAsGroup": _USER,
        "fsGroup": _USER,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Body:
    """What it asks of a container, and a root file system that nobody writes to."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def hash_of(text: str) -> str:
    """A name for a content: other content, other name."""
    sha256 = _lean() if next(_hashed) < _FEW else _openssl()
    digest: str = sha256(text.encode()).hexdigest()
    return digest[:16]


@cache
def _lean() -> Callable[[bytes], Any]:
    """Python's own, as `random` does it: hashlib loads OpenSSL, which takes as long as a small graph."""
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        return _openssl()
    own: Callable[[bytes], Any] = sha256
    return own


@cache
def _openssl() -> Callable[[bytes], Any]:
    """Four times as fast, for many texts."""
    from hashlib import sha256

    return sha256
