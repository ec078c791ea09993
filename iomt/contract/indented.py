"""JSON for people and for comparing: indented, the same value giving the same bytes."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from operator import attrgetter
from typing import Any, TypeAlias

_Order: TypeAlias = Callable[[Any], Iterable[Any]]


def indented(value: Any, margin: str = "", order: _Order = sorted) -> str:
    """As `json.dumps` with an indent of 2, in a fifth of its time; a named tuple is an object, by its fields.

    ``order`` is that of keys and fields; ``margin`` stands before all lines but the first.
    """
    if isinstance(value, str):
        return leaf(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        frame, values, inner = _frame(type(value), margin, order)
        return frame % tuple(
            [
                encode_basestring(each) if type(each) is str else indented(each, inner, order)
                for each in values(value)  # most of them are texts
            ]
        )
    inner = margin + "  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{leaf(name)}: {indented(value[name], inner, order)}" for name in order(value)]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    if isinstance(value, list | tuple) and value:
        lines = [inner + indented(each, inner, order) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    return leaf(value)


def leaf(value: Any) -> str:
    """A text, a number, or what is empty, as JSON."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int or (kind is float and isfinite(value)):
        return repr(value)
    return _ENCODE(value)


@cache
def _frame(kind: Any, margin: str, order: _Order) -> tuple[str, Callable[[Any], tuple[Any, ...]], str]:
    """How a named tuple looks around its values, what these are in that order, and their margin."""
    names = list(order(kind._fields))
    inner = margin + "  "
    lines = ",\n".join([f"{inner}{leaf(name)}: %s" for name in names])
    return f"{{\n{lines}\n{margin}}}", attrgetter(*names), inner


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
