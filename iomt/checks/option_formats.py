"""The options of a node that are written in a small language of their own."""

from collections.abc import Iterable, Iterator
from typing import Any

from iomt.catalogue.resolved import ResolvedNode
from iomt.language.written import Path

DURATION, SIZE, CONDITION = "duration-quantity", "size-quantity", "condition"


def nodes_with_format(nodes: Iterable[ResolvedNode], wanted: str) -> Iterator[ResolvedNode]:
    """The nodes whose device has an option of that format: a schema is looked through once a device."""
    has: dict[str, bool] = {}
    for node in nodes:
        device = node.device
        if device.name not in has:
            has[device.name] = _has_format(device.options, wanted)
        if has[device.name]:
            yield node


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
