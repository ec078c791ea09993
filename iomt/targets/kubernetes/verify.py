"""What an API server would refuse whatever the graph says: names, labels, sizes, one object twice.

A graph cannot make any of it: mistakes of its author are findings, told before. So what is found here is a
fault of iomt.
"""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from iomt.targets.kubernetes.labels import wrong_key, wrong_value
from iomt.targets.kubernetes.manifest import SOURCE, Manifest

LARGEST = 1_500_000
"""Bytes of one object, somewhat below what etcd takes (1.5 MiB)."""
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


def faults(manifests: Iterable[Manifest]) -> list[Fault]:
    """All of them; none, as a rule."""
    found: list[Fault] = []
    seen: set[tuple[str, str, str]] = set()
    fine: set[tuple[str, str]] = set()  # labels that were looked at: most are those of many objects
    for each in manifests:
        outline = each.outline
        kind, metadata = outline["kind"], outline["metadata"]
        key = (outline["apiVersion"], kind, each.told(metadata["name"]))
        if key in seen:
            found.append(fault_of(each, "it is there twice"))
        seen.add(key)
        found += [fault_of(each, why) for why in _wrong(each, kind, key[2])]
        for label in metadata["labels"].items():
            if label in fine:
                continue
            name, value = pair = (label[0], each.told(label[1]))
            if pair not in fine:
                why = wrong_key(name) or wrong_value(value)
                if why:
                    found.append(fault_of(each, why))
                else:
                    fine.add(pair)
    return found


def _wrong(manifest: Manifest, kind: str, name: str) -> Iterable[str]:
    pattern, longest = (_LABEL, 63) if kind in _AS_LABEL else (_NAME, 253)
    if len(name) > longest or not pattern.fullmatch(name):
        yield f"{name!r} is no name of a {kind}"
    annotations = manifest.outline["metadata"]["annotations"].values()
    if sum([len(manifest.told(each)) for each in annotations]) > _LARGEST_ANNOTATIONS:
        yield "its annotations are longer than 256 KiB"
    if manifest.owner.component in _OF_THE_GRAPH:
        size = size_of(manifest)
        if size > LARGEST:
            yield f"it is {size:,} bytes long, and an API server takes {LARGEST:,}"
