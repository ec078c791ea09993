"""Amounts as people read them: three digits and a unit."""

import math

_TIMES = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "us"))
_SIZES = ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def duration(seconds: float) -> str:
    """``0.0123`` -> ``12.3ms``, ``90`` -> ``1.5min``; a time without end is ``without end``."""
    if math.isinf(seconds):
        return "without end"
    if seconds <= 0:
        return "0s"
    for unit, name in _TIMES:
        if seconds >= unit * 0.9995:
            return f"{digits(seconds / unit)}{name}"
    return f"{digits(seconds / 1e-6)}us"


def size(amount: float) -> str:
    """``61234`` -> ``61.2 kB``."""
    for unit, name in _SIZES:
        if amount >= unit * 0.9995:
            return f"{digits(amount / unit)} {name}"
    return f"{digits(amount)} B"


def rate(per_second: float) -> str:
    """``10`` -> ``10/s``, ``0.1`` -> ``6/min``, ``0.001`` -> ``3.6/h``."""
    for unit, name in ((1.0, "s"), (60.0, "min"), (3600.0, "h")):
        if per_second * unit >= 0.9995:
            return f"{digits(per_second * unit)}/{name}"
    return f"{digits(per_second * 86400)}/d"


def digits(amount: float) -> str:
    """Three of them, or all of a larger whole number; no zeros at the end."""
    if amount >= 999.5:
        return f"{amount:.0f}"
    return f"{amount:.3g}"
