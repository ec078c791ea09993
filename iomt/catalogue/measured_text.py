"""The text of ``profiles/GRAPH.yaml``, as `iomt.catalogue.measured` reads it."""

from collections.abc import Mapping

from iomt.catalogue.declaration import Profile
from iomt.catalogue.measured import KIND
from iomt.language.keys import API_VERSION
from iomt.language.quoted import quoted

_HEAD = f"""\
# Measured by `iomt tune`; `iomt plan` and `iomt check` reckon with it. An entry may be removed.
apiVersion: {API_VERSION}
kind: {KIND}
spec:
"""


def measured_text(profiles: Mapping[str, Profile]) -> str:
    """One entry a line, sorted; the same profiles give the same text."""
    return _HEAD + "".join(f"  {name}: {{{_entry(profiles[name])}}}\n" for name in sorted(profiles))


def _entry(profile: Profile) -> str:
    figures = {
        "rate": profile.rate and f"{_plain(profile.rate)}/s",
        "bytes": profile.bytes and f"{profile.bytes}B",
        "seconds": profile.seconds and f"{_plain(profile.seconds * 1e3)}ms",
        "slowest": profile.slowest and f"{_plain(profile.slowest * 1e3)}ms",
        "memory": profile.memory and f"{max(1, profile.memory >> 20)}Mi",
        "cores": profile.cores and _plain(profile.cores),
        "startup": profile.startup and f"{_plain(profile.startup)}s",
        "machine": quoted(profile.machine) if profile.machine else "",
    }
    return ", ".join(f"{name}: {text}" for name, text in figures.items() if text)


def _plain(amount: float) -> str:
    """Three digits, never an exponent."""
    text = f"{amount:.6f}" if amount < 0.01 else f"{float(f'{amount:.3g}'):f}"
    return text.rstrip("0").rstrip(".") or "0"
