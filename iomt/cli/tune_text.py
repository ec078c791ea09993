"""A measured profile beside the one before."""

from collections.abc import Callable

from iomt.budget.amounts import digits, duration, rate, size
from iomt.catalogue.declaration import Profile

_FIGURES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("gives", "rate", rate),
    ("one message", "bytes", size),
    ("takes", "seconds", duration),
    ("at most (p95)", "slowest", duration),
    ("memory at most", "memory", size),
    ("cores", "cores", digits),
    ("until ready", "startup", duration),
)


def compared(name: str, before: Profile, after: Profile) -> str:
    """One node: a line for each figure, with what was recorded before in brackets."""
    lines = [f"{name} (measured on {after.machine})"]
    for what, key, text in _FIGURES:
        now, then = getattr(after, key), getattr(before, key)
        if now is not None:
            was = "" if then is None else f"  (before: {text(then)})"
            lines.append(f"  {what:<14}  {text(now)}{was}")
    return "\n".join(lines)
