"""Whether options are surely right by a JSON Schema, told without the schema library.

Importing the library costs more than all the rest of a check, and one validation of it a hundred
times this one. It is asked only where this says no, and then it has the last word.
"""

import re
from collections.abc import Callable
from typing import Any

from iomt.contract.secret import is_reference

Test = Callable[[Any], bool]
"""Whether a value is surely right."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_SAY_NOTHING = {"description", "default", "examples", "format", "title", "$schema", "$comment", "x-means"}


def quick_test(schema: Any) -> Test:
    """True only where every keyword of the schema is known here and holds. A secret is some text."""
    if not isinstance(schema, dict):
        return _never
    may_be_secret = schema.get("type") == "string"
    tests = [
        _KEYWORDS[name](schema, wanted) if name in _KEYWORDS else _never
        for name, wanted in schema.items()
        if name not in _SAY_NOTHING
    ]

    def holds(value: Any) -> bool:
        if isinstance(value, dict) and is_reference(value):
            return may_be_secret
        return all(test(value) for test in tests)

    return holds


def _never(_: Any) -> bool:
    return False


def _type(_: Any, wanted: Any) -> Test:
    known = _TYPES.get(wanted) if isinstance(wanted, str) else None
    if known is None:
        return _never
    if wanted in ("number", "integer"):
        return lambda value: isinstance(value, known) and not isinstance(value, bool)
    return lambda value: isinstance(value, known)


def _properties(_: Any, wanted: Any) -> Test:
    tests = {name: quick_test(inner) for name, inner in wanted.items()}

    def holds(value: Any) -> bool:
        return isinstance(value, dict) and all(
            tests[name](inner) for name, inner in value.items() if name in tests
        )

    return holds


def _additional(schema: Any, wanted: Any) -> Test:
    if wanted is True:
        return lambda value: isinstance(value, dict)
    if wanted is not False:
        return _never
    known = set(schema.get("properties", ()))
    return lambda value: isinstance(value, dict) and value.keys() <= known


def _required(_: Any, wanted: Any) -> Test:
    names = set(wanted)
    return lambda value: isinstance(value, dict) and value.keys() >= names


def _items(_: Any, wanted: Any) -> Test:
    test = quick_test(wanted)
    return lambda value: isinstance(value, list) and all(map(test, value))


def _pattern(_: Any, wanted: Any) -> Test:
    def holds(value: Any) -> bool:
        try:
            return isinstance(value, str) and re.search(wanted, value) is not None
        except re.error:  # a user's own schema; the library's answer becomes a finding
            return False

    return holds


_KEYWORDS: dict[str, Callable[[Any, Any], Test]] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    # 1 and true are equal in Python and not in JSON.
    "enum": lambda _, wanted: lambda value: isinstance(value, str) and value in wanted,
    "items": _items,
    "minItems": lambda _, wanted: lambda value: isinstance(value, list) and len(value) >= wanted,
    "minLength": lambda _, wanted: lambda value: isinstance(value, str) and len(value) >= wanted,
    "minimum": lambda _, wanted: lambda value: isinstance(value, int | float) and value >= wanted,
    "maximum": lambda _, wanted: lambda value: isinstance(value, int | float) and value <= wanted,
    "pattern": _pattern,
}
