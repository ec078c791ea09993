"""The keys of the language as JSON Schema (draft 2020-12), for editors."""

from typing import Any

from iomt.contract.quantity import (
    BANDWIDTH_PATTERN,
    CORES_PATTERN,
    DURATION_PATTERN,
    RATE_PATTERN,
    SHARE_PATTERN,
    SIZE_PATTERN,
)
from iomt.language.document import plain_value
from iomt.language.keys import KIND_SPELLINGS, KINDS, LONGEST_NAME
from iomt.language.reader import read_document
from iomt.language.shape import Key, Shape
from iomt.language.source import SourceText

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_NAME: Schema = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": LONGEST_NAME}
_WORD = r"[\w-]+(\.[\w-]+)?"
_STAGE = rf"\s*({_WORD}|\[\s*{_WORD}\s*(,\s*{_WORD}\s*)*\])\s*"
_ARROW: Schema = {"type": "string", "pattern": f"^{_STAGE}(->{_STAGE})+$"}
_END: Schema = {"type": "string", "pattern": f"^{_STAGE}$"}
_ITEM: Schema = {"type": ["string", "number", "boolean"]}
_ITEM_WITH_VALUES: Schema = {"type": "object", "properties": {"name": _ITEM}, "required": ["name"]}
_NATURAL: Schema = {"type": "integer", "minimum": 0}
_TYPES: dict[str, Schema] = {
    "text": _TEXT,
    "name": _NAME,
    "rate": {"type": "string", "pattern": RATE_PATTERN},
    "buffer": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": SIZE_PATTERN}]},
    "ends": {"anyOf": [_END, {"type": "array", "items": _END}]},
    "free": {"type": "object"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "size": {"type": "string", "pattern": SIZE_PATTERN},
    "duration": {"type": "string", "pattern": DURATION_PATTERN},
    "bandwidth": {"type": "string", "pattern": BANDWIDTH_PATTERN},
    "share": {"type": "string", "pattern": SHARE_PATTERN},
    "cores": {
        "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": CORES_PATTERN}]
    },
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "each": {
        "anyOf": [
            {"type": "array", "minItems": 1, "items": {"anyOf": [_ITEM, _ITEM_WITH_VALUES]}},
            {"type": "string", "pattern": r"^\d{1,9}\.\.\d{1,9}$"},
            {
                "type": "object",
                "required": ["from", "to"],
                "properties": {"from": _NATURAL, "to": _NATURAL},
                "additionalProperties": False,
            },
            {"type": "object", "minProperties": 1, "additionalProperties": {"type": ["object", "null"]}},
        ]
    },
}
"""Those types that need nothing but themselves."""


def shape_schema(shape: Shape) -> Schema:
    """The map that a shape describes."""
    schema: Schema = {"type": "object", "properties": {key.name: key_schema(key) for key in shape.keys}}
    if shape.required:
        schema["required"] = list(shape.required)
    return {**schema, "additionalProperties": False}


def key_schema(key: Key) -> Schema:
    """The value of one key, with its description and its examples."""
    schema: Schema = {"description": key.doc, **_value(key)}
    if key.examples:
        schema["examples"] = [_read(each) for each in key.examples]
    return schema


def _value(key: Key) -> Schema:
    match key.type:
        case "choice":
            spellings = KIND_SPELLINGS if key.choices == KINDS else ()
            return {"enum": [*key.choices, *spellings]}
        case "count":
            return {"type": "integer", "minimum": key.least}
        case "count-or-map" if key.shape:
            return {"anyOf": [{"type": "integer", "minimum": key.least}, shape_schema(key.shape)]}
        case "map" if key.shape:
            return shape_schema(key.shape)
        case "named" if key.shape:
            inner = shape_schema(key.shape)
            named: Schema = {"type": "object", "propertyNames": _NAME, "additionalProperties": inner}
            return {**named, "minProperties": 1} if key.required else named
        case "kinds" if key.shape:
            names = {"anyOf": [{"enum": [*KINDS, *KIND_SPELLINGS]}, _NAME]}
            inner = shape_schema(key.shape)
            return {"type": "object", "propertyNames": names, "additionalProperties": inner}
        case "list" if key.shape:  # each item an arrow, or a map
            return {
                "type": "array",
                "items": {"if": {"type": "string"}, "then": _ARROW, "else": shape_schema(key.shape)},
            }
        case other:
            return dict(_TYPES[other])


def _read(example: str) -> Any:
    """An example stands in the description as it would in the file."""
    document, _ = read_document(SourceText("example", example))
    return plain_value(document.root) if document else None
