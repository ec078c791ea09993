"""Which options of a device may become another value after the graph was compiled."""

import math
from typing import Any

from iomt.catalogue.resolved import ResolvedNode
from iomt.contract.secret import is_reference
from iomt.plan.plan import PlannedDevice

_POLICIES = ("transport",)
"""Options beside addresses that decide what a NetworkPolicy lets through."""
_EXACT = 2**53
_SHORTEST, _LONGEST = 1e-6, 1e21
"""Amounts between which every printer of JSON writes the same digits."""


def knobs(device: PlannedDevice, node: ResolvedNode) -> dict[str, Any]:
    """Those that are told to the device and decide nothing else: no address, file, port or secret.

    None at all where a value would be written in other characters by other programs: settings are
    compared by their bytes.
    """
    if not all(is_whole(value) or _is_written_alike(value) for value in device.options.values()):
        return {}
    schemas = node.device.options.get("properties", {})
    taken = {*device.files, node.device.listens, *_POLICIES}
    return {
        name: value
        for name, value in device.options.items()
        if name not in taken and "://" not in schemas.get(name, {}).get("pattern", "") and _is_free(value)
    }


def is_whole(value: Any) -> bool:
    """Whether it is a float like 0.0, which others write as 0."""
    return isinstance(value, float) and value == math.trunc(value) and abs(value) < _EXACT


def _is_written_alike(value: Any) -> bool:
    match value:
        case bool():
            return True
        case int():
            return abs(value) < _EXACT
        case float():
            return value != math.trunc(value) and _SHORTEST <= abs(value) < _LONGEST
        case str():
            return "\\u" not in value and all(sign.isprintable() or sign == "\n" for sign in value)
        case dict():
            return all(map(_is_written_alike, (*value, *value.values())))
        case list():
            return all(map(_is_written_alike, value))
    return False


def _is_free(value: Any) -> bool:
    match value:
        case str():
            return "://" not in value
        case dict():
            return not is_reference(value) and all(map(_is_free, value.values()))
        case list():
            return all(map(_is_free, value))
    return True
