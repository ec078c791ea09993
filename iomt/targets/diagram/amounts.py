"""Rates and sizes as people read them in a picture."""

from iomt.budget.flow import Flow

_MINUTE, _HOUR = 60.0, 3600.0


def flow_text(flow: Flow) -> str:
    """``10/s, 240 kB/s``; less where less is known, empty where nothing is."""
    if flow.rate is None:
        return ""
    total = flow.bytes_per_second
    return rate_text(flow.rate) + (f", {size_text(total)}/s" if total is not None else "")


def rate_text(rate: float) -> str:
    """Messages per second, or per minute or hour where less than one comes in a second."""
    if rate >= 1 or rate <= 0:
        return f"{_figure(rate)}/s"
    if rate * _MINUTE >= 1:
        return f"{_figure(rate * _MINUTE)}/min"
    return f"{_figure(rate * _HOUR)}/h"


def size_text(count: float) -> str:
    """Bytes with a decimal unit: 1 kB is 1,000 bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        # Not 1000 kB, which 999.7 would be rounded to.
        if count < 999.5:
            return f"{_figure(count)} {unit}"
        count /= 1000
    return f"{_figure(count)} TB"


def _figure(value: float) -> str:
    """Two digits that count, three from 100 on."""
    if value >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}".removesuffix(".0")
