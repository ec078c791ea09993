"""The options of a node that are written in a small language of their own."""

from collections.abc import Iterator
from typing import Any

from iomt.language.graph import Path

DURATION, SIZE, CONDITION = "duration-quantity", "size-quantity", "condition"


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
