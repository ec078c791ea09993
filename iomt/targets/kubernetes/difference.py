"""What makes one object another, as a JSON patch (RFC 6902)."""

from collections.abc import Iterator
from typing import Any

from iomt.targets.yaml_text import Value

Operation = dict[str, Value]


def difference(before: Any, after: Any, path: str = "") -> Iterator[Operation]:
    """Operations in the order to apply them. Lists of other lengths are replaced as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before:
            if key not in after:
                yield {"op": "remove", "path": f"{path}/{_escaped(key)}"}
        for key, value in after.items():
            if key in before:
                yield from difference(before[key], value, f"{path}/{_escaped(key)}")
            else:
                yield {"op": "add", "path": f"{path}/{_escaped(key)}", "value": value}
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from difference(one, other, f"{path}/{number}")
    elif before != after or type(before) is not type(after):
        yield {"op": "replace", "path": path, "value": after}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
