"""Who has written which fields of an object, from its `managedFields`."""

import json
from collections.abc import Iterator
from typing import Any

from iomt.cluster.api import MANAGER, Body


def beside(body: Body) -> list[str]:
    """Fields that somebody has set besides what the graph says, as `WHO: spec.replicas`.

    Controllers write the status, and Kubernetes' own programs what they need: both are left out.
    """
    entries = body["metadata"].get("managedFields", ())
    ours = {
        path for each in entries if each["manager"] == MANAGER for path in _leaves(each.get("fieldsV1", {}))
    }
    return [
        f"{each['manager']}: {path}"
        for each in entries
        if each["manager"] != MANAGER and not each["manager"].startswith("kube-")
        if each.get("subresource") != "status"
        for path in _leaves(each.get("fieldsV1", {}))
        if path not in ours
    ]


def _leaves(fields: dict[str, Any], before: str = "") -> Iterator[str]:
    """Paths of a `fieldsV1`: `f:NAME` is a key, `k:{...}` an item by its keys, `v:...` one by its value."""
    for key, inner in fields.items():
        if key == ".":
            continue
        what, _, name = key.partition(":")
        if what == "f":
            path = f"{before}.{name}" if before else name
        elif what == "k":
            path = f"{before}[{','.join(f'{key}={value}' for key, value in json.loads(name).items())}]"
        else:
            path = f"{before}[{name}]"
        if any(each != "." for each in inner):
            yield from _leaves(inner, path)
        else:
            yield path
