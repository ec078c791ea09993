"""Whether options are surely right by a JSON Schema, told without the schema library.

Importing the library costs more than all the rest of a check, and one validation of it a hundred
times this one. It is asked only where this says no, and then it has the last word.
"""

import re
from typing import Any

from iomt.contract.secret import is_reference

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_SAY_NOTHING = {"description", "default", "examples", "format", "title", "$schema", "$comment", "x-means"}


def surely_valid(schema: Any, value: Any) -> bool:
    """True only where every keyword of the schema is known here and holds. A secret is some text."""
    if is_reference(value):
        return isinstance(schema, dict) and schema.get("type") == "string"
    return isinstance(schema, dict) and all(
        name in _SAY_NOTHING or (name in _KEYWORDS and _KEYWORDS[name](schema, wanted, value))
        for name, wanted in schema.items()
    )


def _type(_: Any, wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, str) or wanted not in _TYPES:
        return False
    return isinstance(value, _TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))


def _properties(_: Any, wanted: Any, value: Any) -> bool:
    return isinstance(value, dict) and all(
        surely_valid(inner, value[name]) for name, inner in wanted.items() if name in value
    )


def _additional(schema: Any, wanted: Any, value: Any) -> bool:
    known = schema.get("properties", {})
    return isinstance(value, dict) and (wanted is True or (wanted is False and value.keys() <= known.keys()))


def _pattern(_: Any, wanted: Any, value: Any) -> bool:
    try:
        return isinstance(value, str) and re.search(wanted, value) is not None
    except re.error:  # a user's own schema; the library's answer becomes a finding
        return False


_KEYWORDS: dict[str, Any] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": lambda _, wanted, value: isinstance(value, dict) and value.keys() >= set(wanted),
    # 1 and true are equal in Python and not in JSON.
    "enum": lambda _, wanted, value: isinstance(value, str) and value in wanted,
    "items": lambda _, wanted, value: (
        isinstance(value, list) and all(surely_valid(wanted, each) for each in value)
    ),
    "minItems": lambda _, wanted, value: isinstance(value, list) and len(value) >= wanted,
    "minLength": lambda _, wanted, value: isinstance(value, str) and len(value) >= wanted,
    "minimum": lambda _, wanted, value: isinstance(value, int | float) and value >= wanted,
    "maximum": lambda _, wanted, value: isinstance(value, int | float) and value <= wanted,
    "pattern": _pattern,
}
