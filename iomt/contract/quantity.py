"""Quantities with units as the field writes them: ``30/s``, ``7d``, ``500ms``, ``2Gi``, ``20Mbit/s``."""

import re

_NUMBER = r"(\d+(?:\.\d+)?)"
_SECONDS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}
_BYTES = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_TOO_LARGE = float("inf")  # not math.inf: its import would be felt in a short check
_DURATION = rf"{_NUMBER}\s*(us|ms|s|min|m|h|d|w)"
_RATE = rf"{_NUMBER}\s*/\s*(s|min|m|h|d)"
_SIZE = rf"{_NUMBER}\s*([kMGT]|[KMGT]i)?B?"
_BANDWIDTH = rf"{_NUMBER}\s*([kMGT]|[KMGT]i)?(bit|B)\s*/\s*s"
_CORES = rf"{_NUMBER}(m)?"
_SHARE = rf"{_NUMBER}\s*%"

DURATION_PATTERN = rf"^\s*({_DURATION})+\s*$"
RATE_PATTERN = rf"^\s*{_RATE}\s*$"
SIZE_PATTERN = rf"^\s*{_SIZE}\s*$"
BANDWIDTH_PATTERN = rf"^\s*{_BANDWIDTH}\s*$"
CORES_PATTERN = rf"^\s*{_CORES}\s*$"
SHARE_PATTERN = rf"^\s*{_SHARE}\s*$"
"""The same for a JSON Schema, which cannot say that an amount is above 0."""


class BadQuantity(ValueError):
    """A text that is no quantity: what was ``found``, and the ``cure``; as text both."""

    def __init__(self, found: str, cure: str) -> None:
        super().__init__(f"{found}: {cure}")
        self.found, self.cure = found, cure


def seconds(text: str) -> float:
    """A duration in seconds: ``500ms`` -> 0.5, ``1h30m`` -> 5400."""
    total, end = 0.0, 0
    for match in re.finditer(_DURATION, text := text.strip()):
        if match.start() != end:
            break
        total += float(match[1]) * _SECONDS[match[2]]
        end = match.end()
    if not text or end != len(text):
        raise BadQuantity(
            f"{text!r} is no duration", "write a number and us, ms, s, m, h, d or w, such as 500ms or 7d"
        )
    return total


def per_second(text: str) -> float:
    """A rate in events per second: ``30/s`` -> 30, ``6/min`` -> 0.1."""
    match = re.fullmatch(_RATE, text.strip())
    if not match or not float(match[1]):
        raise BadQuantity(
            f"{text!r} is no rate", "write a number above 0, a slash and s, min, h or d, such as 5/s"
        )
    return float(match[1]) / _SECONDS[match[2]]


def size(text: str) -> int:
    """A size in bytes: ``2Gi`` -> 2147483648, ``10M`` -> 10000000."""
    match = re.fullmatch(_SIZE, text.strip())
    amount = float(match[1]) * _BYTES[match[2] or ""] if match else _TOO_LARGE
    if amount == _TOO_LARGE:
        raise BadQuantity(
            f"{text!r} is no size", "write a number and k, M, G, T, Ki, Mi, Gi or Ti, such as 2Gi"
        )
    return int(amount)


def bandwidth(text: str) -> float:
    """Bytes per second: ``20Mbit/s`` -> 2500000, ``1MiB/s`` -> 1048576."""
    match = re.fullmatch(_BANDWIDTH, text.strip())
    amount = float(match[1]) * _BYTES[match[2] or ""] if match else _TOO_LARGE
    if not match or amount == _TOO_LARGE:
        raise BadQuantity(
            f"{text!r} is no bandwidth",
            "write a number and kbit/s, Mbit/s, Gbit/s, kB/s, MB/s or GB/s, such as 20Mbit/s",
        )
    return amount / 8 if match[3] == "bit" else amount


def cores(text: str) -> float:
    """Processor cores: ``500m`` -> 0.5, ``2`` -> 2."""
    match = re.fullmatch(_CORES, text.strip())
    amount = float(match[1]) if match else _TOO_LARGE
    if not match or amount == _TOO_LARGE:
        raise BadQuantity(f"{text!r} is no number of cores", "write for example 2, 0.5 or 500m")
    return amount / 1000 if match[2] else amount


def share(text: str) -> float:
    """A part of a whole: ``70%`` -> 0.7."""
    match = re.fullmatch(_SHARE, text.strip())
    if not match or float(match[1]) == _TOO_LARGE:
        raise BadQuantity(f"{text!r} is no share", "write a number and %, such as 70%")
    return float(match[1]) / 100
