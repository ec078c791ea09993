"""JSON for people and for comparing: indented, the same value giving the same bytes."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from operator import itemgetter
from typing import Any, TypeAlias

_Order: TypeAlias = Callable[[Any], Iterable[Any]]


def indented(value: Any, margin: str = "", order: _Order = sorted) -> str:
    """As `json.dumps` with an indent of 2, in a fifth of its time; a named tuple is an object, by its fields.

    ``order`` is that of keys and fields; ``margin`` stands before all lines but the first.
    """
    if simple := _SIMPLE.get(type(value)):
        return simple(value)
    inner = margin + "  "
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        frame, values = _frame(type(value), margin, order)
        # Here once more, since most of them are texts: a call for each would double the time.
        return frame % tuple(
            [
                simple(each) if (simple := _SIMPLE.get(type(each))) else indented(each, inner, order)
                for each in values(value)
            ]
        )
    if isinstance(value, dict) and value:
        lines = [f"{inner}{leaf(name)}: {indented(value[name], inner, order)}" for name in order(value)]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    if isinstance(value, list | tuple) and value:
        lines = [inner + indented(each, inner, order) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    return _ENCODE(value)


def leaf(value: Any) -> str:
    """A text, a number, or what is empty, as JSON."""
    simple = _SIMPLE.get(type(value), _ENCODE)
    return simple(value)


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else _ENCODE(value)


@cache
def _frame(kind: Any, margin: str, order: _Order) -> tuple[str, Callable[[Any], tuple[Any, ...]]]:
    """How a named tuple looks around its values, and what these are in that order."""
    names = list(order(kind._fields))
    lines = ",\n".join([f"{margin}  {leaf(name)}: %s" for name in names])
    in_order = itemgetter(*map(kind._fields.index, names)) if len(names) > 1 else tuple
    return f"{{\n{lines}\n{margin}}}", in_order


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_SIMPLE: dict[type, Callable[[Any], str]] = {str: encode_basestring, int: repr, float: _number}
