"""What an API server would refuse whatever the graph says: names, labels, sizes, one object twice.

A graph cannot make any of it: mistakes of its author are findings, told before. So what is found here is a
fault of iomt.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from iomt.targets.kubernetes.labels import wrong_key, wrong_value
from iomt.targets.kubernetes.manifest import SOURCE, Manifest

LARGEST = 1_500_000
"""Bytes of one object, somewhat below what etcd takes (1.5 MiB)."""
LARGEST_CONFIG_MAP = 2**20
"""Bytes of its texts."""
_LARGEST_ANNOTATIONS = 256 * 1024
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_AS_LABEL = frozenset({"Service", "Namespace", "StatefulSet"})
"""Kinds whose names become host names."""
_OF_THE_GRAPH = frozenset({"platform", "bootstrap", "graph"})
"""Components whose objects grow with the graph; those of a node have their sizes from it alone."""


class Fault(NamedTuple):
    """One object that must not be written: ``origin`` is the line of the graph that it is for."""

    what: str
    origin: str
    why: str


def fault_of(manifest: Manifest, why: str) -> Fault:
    """The same for whoever else looks at objects."""
    body = manifest.body
    what = f"{body['kind'].lower()}/{body['metadata']['name']}"
    return Fault(what, body["metadata"]["annotations"].get(SOURCE, manifest.owner.origin), why)


def size_of(manifest: Manifest) -> int:
    """Bytes as it is sent."""
    return len(json.dumps(manifest.body, ensure_ascii=False, separators=(",", ":")).encode())


class _Looked(NamedTuple):
    """What was looked at of an outline, and what is another in each object that has it."""

    version: str
    kind: str
    name: str
    labels: list[str]
    annotations: list[str]
    length: int
    as_label: bool
    grows: bool
    wrong: list[str]


def faults(manifests: Iterable[Manifest]) -> list[Fault]:
    """All of them; none, as a rule."""
    found: list[Fault] = []
    looked: dict[int, _Looked] = {}
    seen: set[tuple[str, str, str]] = set()
    for each in manifests:
        of = looked.get(id(each.outline))
        if of is None:
            of = looked[id(each.outline)] = _looked(each)
        name = each.told(of.name)
        if (key := (of.version, of.kind, name)) in seen:
            found.append(fault_of(each, "it is there twice"))
        seen.add(key)
        if _wrong_name(of.as_label, name):
            found.append(fault_of(each, f"{name!r} is no name of a {of.kind}"))
        found += [fault_of(each, why) for why in of.wrong]
        length = of.length
        for text in of.labels:
            if why := _wrong_value(each.told(text)):
                found.append(fault_of(each, why))
        for text in of.annotations:
            length += len(each.told(text))
        if length > _LARGEST_ANNOTATIONS:
            found.append(fault_of(each, "its annotations are longer than 256 KiB"))
        if of.grows and (why := _too_large(each)):
            found.append(fault_of(each, why))
    return found


def _looked(manifest: Manifest) -> _Looked:
    outline = manifest.outline
    metadata = outline["metadata"]
    labels = metadata["labels"]
    own = [value for value in labels.values() if manifest.told(value) is not value]
    annotations = metadata["annotations"].values()
    told = [text for text in annotations if manifest.told(text) is not text]
    length = sum([len(text) for text in annotations if text not in told])
    wrong = [why for key in labels if (why := wrong_key(key))]
    wrong += [why for value in labels.values() if value not in own and (why := wrong_value(value))]
    return _Looked(
        version=outline["apiVersion"],
        kind=outline["kind"],
        name=metadata["name"],
        labels=own,
        annotations=told,
        length=length,
        as_label=outline["kind"] in _AS_LABEL,
        grows=manifest.owner.component in _OF_THE_GRAPH,
        wrong=wrong,
    )


def _too_large(manifest: Manifest) -> str:
    if data := manifest.body.get("data"):
        size, most = sum([len(text.encode()) for text in data.values()]), LARGEST_CONFIG_MAP
        return f"it holds {size:,} bytes, and a ConfigMap holds {most:,}" if size > most else ""
    size = size_of(manifest)
    return f"it is {size:,} bytes long, and an API server takes {LARGEST:,}" if size > LARGEST else ""


@lru_cache(maxsize=2**16)
def _wrong_name(as_label: bool, name: str) -> bool:
    pattern, longest = (_LABEL, 63) if as_label else (_NAME, 253)
    return len(name) > longest or not pattern.fullmatch(name)


_wrong_value = lru_cache(maxsize=2**16)(wrong_value)
