"""An actuator whose effect comes back to the sensors that set it off."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.arrows import Step, around, link_arrows, places
from iomt.checks.circles import circles
from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.language.graph import Path
from iomt.language.source import SourceText

_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@\s]*@)?(\[[^\]\s]+\]|[^/?#:\s]+)", re.IGNORECASE)
_THIS_MACHINE = ("localhost", "127.", "[::1]", "0.0.0.0")
"""Where many programs answer: one that a webhook calls is not the one that a camera is read from."""


@dataclass(frozen=True, slots=True)
class _Contact:
    """An actuator acts on an address, or a sensor watches it; no node can be called like an address."""

    start: str
    end: str
    span: Span
    told: str
    is_effect: bool = False


def feedback_loop(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Through links out of an actuator, or through what it acts on and a sensor watches."""
    giving = {link.source.name for link in resolved.links if link.source.kind == "MActuator"}
    contacts = list(_contacts(resolved))
    if not giving and not contacts:
        return
    steps: list[Step] = [*contacts, *link_arrows(resolved)]
    for circle in circles(steps):
        closing = next((each for each in circle if _is_effect(each) or each.start in giving), None)
        if closing:
            at = circle.index(closing)
            yield _finding(closing, [*circle[at + 1 :], *circle[:at]])


def _is_effect(step: Step) -> bool:
    return isinstance(step, _Contact) and step.is_effect


def _finding(closing: Step, others: list[Step]) -> Finding:
    if _is_effect(closing):
        message = f"{closing.told}, which {others[0].end} watches: what it does may set it off again"
        severity = Severity.HINT
    else:
        message = f"{around(others, closing)}: what {closing.start} gives comes back to it"
        severity = Severity.WARNING
    help_text = "give it time to settle with `when: ... for 3s` or `every`, or let another sensor watch"
    return Finding("feedback-loop", message, closing.span, help_text, places(others), severity)


def _contacts(resolved: Resolved) -> Iterator[_Contact]:
    """Actuator to address and address to sensor, of the addresses that both have."""
    watching: dict[str, list[ResolvedNode]] = {}
    for node in resolved.nodes.values():
        if node.kind == "MSensor":
            for _, address in _addresses(node.options):
                watching.setdefault(address, []).append(node)
    touched: set[str] = set()
    for node in resolved.nodes.values() if watching else ():
        if node.kind == "MActuator":
            places = {address: path for path, address in _addresses(node.node.options)}
            for address in sorted(places.keys() & watching.keys()):
                touched.add(address)
                span = node.node.option_spans[places[address]]
                yield _Contact(node.name, address, span, f"{node.name} acts on {address}", is_effect=True)
    for address in sorted(touched):
        for sensor in watching[address]:
            yield _Contact(address, sensor.name, sensor.node.span, f"{sensor.name} watches {address}")


def _addresses(options: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Hosts of the URLs in the options, and devices of the machine; with a word before, as no name has."""
    for path, text in _texts(options, ()):
        host = _HOST.search(text)
        if host and not host[1].lower().startswith(_THIS_MACHINE):
            yield path, f"host {host[1].lower()}"
        elif text.startswith("/dev/"):
            yield path, f"device {text}"


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
