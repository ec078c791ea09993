"""The options of a node that are written in a small language of their own."""

from collections.abc import Iterator
from typing import Any

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.language.written import Path

DURATION, SIZE, CONDITION = "duration-quantity", "size-quantity", "condition"


def alike_with_format(resolved: Resolved, wanted: str) -> Iterator[list[ResolvedNode]]:
    """The nodes whose device has an option of that format, those with equal options together."""
    has: dict[str, bool] = {}  # a schema is looked through once a device
    for nodes in resolved.alike:
        device = nodes[0].device
        if device.name not in has:
            has[device.name] = _has_format(device.options, wanted)
        if has[device.name]:
            yield nodes


def _has_format(schema: Any, wanted: str) -> bool:
    if isinstance(schema, list):
        return any(_has_format(each, wanted) for each in schema)
    if not isinstance(schema, dict):
        return False
    return schema.get("format") == wanted or any(_has_format(each, wanted) for each in schema.values())


def texts_of_format(schema: Any, value: Any, wanted: str, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a text of the wanted format stands in the options, and the text."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, str):
        if schema.get("format") == wanted:
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of_format(schema.get("properties", {}).get(key), inner, wanted, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts_of_format(schema.get("items"), inner, wanted, (*path, number))
