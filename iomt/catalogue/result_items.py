"""JSON Schemas of what stands in ``items`` of a result, one for each shape that results have.

The document around them is `iomt.contract.results.Result`.
"""

from dataclasses import fields
from typing import Any

from iomt.catalogue.tasks import Item
from iomt.contract.results import Box, Result

_LEFT_OUT = ("part",)
"""Keys of a result that are not written where they say nothing."""
_SCORE = {"type": "number", "minimum": 0, "maximum": 1}
_WORD = {"type": "string"}
_TYPES: dict[object, str] = {str: "string", int: "integer", float: "number"}
_BOX = {
    "type": "object",
    "description": "Corners in pixels of the source frame, origin top left.",
    "required": [each.name for each in fields(Box)],
    "additionalProperties": False,
    "properties": {each.name: {"type": "number"} for each in fields(Box)},
}


def _item(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


ITEMS: dict[Item, dict[str, Any]] = {
    "label": _item(label=_WORD, score=_SCORE),
    "detection": _item(label=_WORD, score=_SCORE, box=_BOX),
    "segment": _item(
        label=_WORD,
        score=_SCORE,
        box=_BOX,
        mask={
            "type": "array",
            "description": "Run lengths over the frame, row by row: outside, inside, outside, ...",
            "items": {"type": "integer", "minimum": 0},
        },
    ),
    "depth": _item(
        nearest={"type": "number"},
        farthest={"type": "number"},
        metric={"type": "boolean", "description": "Whether in metres; else only their order counts."},
        map={"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
    ),
    "pose": _item(
        label=_WORD,
        score=_SCORE,
        box=_BOX,
        keypoints={
            "type": "array",
            "items": _item(label=_WORD, score=_SCORE, x={"type": "number"}, y={"type": "number"}),
        },
    ),
    "text": _item(text=_WORD),
    "vector": _item(vector={"type": "array", "items": {"type": "number"}, "minItems": 1}),
}


def result_schema(item: Item) -> dict[str, Any]:
    """The JSON Schema of a whole result whose items are such."""
    properties: dict[str, Any] = {
        each.name: {"type": _TYPES[each.type]} for each in fields(Result) if each.name != "items"
    }
    properties["items"] = {"type": "array", "items": ITEMS[item]}
    return {
        "type": "object",
        "required": [name for name in properties if name not in _LEFT_OUT],
        "additionalProperties": False,
        "properties": properties,
    }
