"""The forms of a graph that were ready in its cluster, kept there: what `iomt rollback` goes back to.

A revision is a ConfigMap with the rendered objects, packed, and the graph's files as they were: to go back
needs neither the files nor the version of iomt that made it. No secret is in them.
"""

import base64
import hashlib
import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass

from iomt import __version__
from iomt.cluster.api import Api, Body, Refused
from iomt.cluster.applyset import ApplySet
from iomt.cluster.kinds import CONFIG_MAP
from iomt.plan.plan import Plan
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.around.asked import Asked
from iomt.targets.kubernetes.choices import Choices, Models, Visitors
from iomt.targets.kubernetes.manifest import INSTANCE, PART_OF, SOURCE, Manifest, Owner

MOST = 10
_DIGEST, _NUMBER = "iomt.dev/digest", "iomt.dev/revision"
_COMPONENT, _MANAGED_BY, _NAME = (f"app.kubernetes.io/{each}" for each in ("component", "managed-by", "name"))
_OBJECTS = "objects.json.xz"
_QUICK = 1  # lzma's preset: a graph of 10,000 nodes is packed in a second or two
_TEXT_BYTES, _OBJECT_BYTES = 300_000, 700_000
"""A ConfigMap holds 1 MiB, of which base64 takes a third."""
_CONFLICT, _FORBIDDEN = 409, 403


@dataclass(frozen=True, slots=True)
class Revision:
    """One form of the graph. ``made`` is when it was ready first (RFC 3339); ``files`` are name to text."""

    number: int
    digest: str
    made: str
    rendered: Rendered
    files: Mapping[str, str]


def digest_of(rendered: Rendered) -> str:
    """A name for what is rendered: the same objects, the same name."""
    return hashlib.sha256(_unpacked(rendered)).hexdigest()[:16]


def revisions(api: Api, owner: ApplySet) -> list[Revision]:
    """All that are kept, the newest first."""
    path = CONFIG_MAP.path(owner.namespace)
    selector = f"{PART_OF}={owner.graph},{_COMPONENT}=revision,{_MANAGED_BY}=iomt"
    found = [_read(each) for each in api.get(path, labelSelector=selector).get("items", ())]
    return sorted(found, key=lambda each: -each.number)


def keep(api: Api, owner: ApplySet, rendered: Rendered, files: Mapping[str, str]) -> int | None:
    """Keep what is ready now as the newest revision; its number, None where it is too large to keep.

    One that is there already becomes the newest; the oldest beyond `MOST` go.
    """
    digest = digest_of(rendered)
    there = revisions(api, owner)
    if there and there[0].digest == digest:
        return there[0].number
    packed = lzma.compress(_unpacked(rendered), preset=_QUICK)
    if len(packed) > _OBJECT_BYTES:
        return None
    number = there[0].number + 1 if there else 1
    while True:
        try:
            api.create(CONFIG_MAP.path(owner.namespace), _config_map(owner, number, digest, packed, files))
            break
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            number += 1  # somebody else's apply was faster
    older = [each for each in there if each.digest != digest]
    for each in [*(each for each in there if each.digest == digest), *older[MOST - 1 :]]:
        try:
            forget(api, owner, each.number)
        except Refused as refused:
            if refused.status != _FORBIDDEN:
                raise
            break  # who may apply and not delete keeps them all
    return number


def forget(api: Api, owner: ApplySet, number: int) -> None:
    """Delete one."""
    api.delete(CONFIG_MAP.path(owner.namespace, _name(owner, number)))


def before(kept: list[Revision], now: str) -> Revision | None:
    """Where to go back to from what was applied last, which has the digest ``now``."""
    return next((each for each in kept if each.digest != now), None)


def _name(owner: ApplySet, number: int) -> str:
    return f"{owner.name}.{number}"


def _config_map(owner: ApplySet, number: int, digest: str, packed: bytes, files: Mapping[str, str]) -> Body:
    small = sum(map(len, files.values())) <= _TEXT_BYTES
    return {
        "apiVersion": CONFIG_MAP.api_version,
        "kind": CONFIG_MAP.name,
        "metadata": {
            "name": _name(owner, number),
            "namespace": owner.namespace,
            "labels": {_NAME: "iomt", PART_OF: owner.graph, _COMPONENT: "revision", _MANAGED_BY: "iomt"},
            "annotations": {_DIGEST: digest, _NUMBER: str(number), "iomt.dev/version": __version__},
        },
        "immutable": True,
        "data": dict(files) if small else {},
        "binaryData": {_OBJECTS: base64.b64encode(packed).decode()},
    }


def _unpacked(rendered: Rendered) -> bytes:
    data = {
        "graph": rendered.plan.graph,
        "file": rendered.plan.file,
        "choices": rendered.choices.as_data(),
        "accounts": rendered.accounts,
        "objects": [each.body for each in rendered.manifests],
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _read(body: Body) -> Revision:
    metadata = body["metadata"]
    data = json.loads(lzma.decompress(base64.b64decode(body["binaryData"][_OBJECTS])))
    choices = _choices(data["choices"])
    rendered = Rendered(
        # Of the plan an apply needs no more than its name: the objects are made.
        plan=Plan(data["graph"], data["file"], (), (), ()),
        choices=choices,
        manifests=tuple(_manifest(each, choices.namespace) for each in data["objects"]),
        files={},
        findings=(),
        accounts=data["accounts"],
    )
    annotations = metadata["annotations"]
    made = metadata["creationTimestamp"]
    return Revision(int(annotations[_NUMBER]), annotations[_DIGEST], made, rendered, body.get("data") or {})


def _choices(data: Body) -> Choices:
    """What `Choices.as_data` made of them."""
    parts = {
        "visitors": data["visitors"] and Visitors(**data["visitors"]),
        "models": Models(**data["models"]),
        "around": tuple(Asked(**each) for each in data["around"]),
        "pull_secrets": tuple(data["pull_secrets"]),
    }
    return Choices(**{**data, **parts})


def _manifest(body: Body, namespace: str) -> Manifest:
    labels, origin = body["metadata"]["labels"], body["metadata"]["annotations"][SOURCE]
    owner = Owner(labels[PART_OF], labels[INSTANCE], labels[_NAME], labels[_COMPONENT], origin, namespace)
    return Manifest(owner, body)
