"""The ways on which what an actuator does comes back to the sensors that set it off."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.addresses import hosts, is_this_machine, texts
from iomt.checks.arrows import Step, around, link_arrows, places
from iomt.checks.circles import circles
from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.language.written import Path


class _Contact(NamedTuple):
    """An actuator acts on an address, or a sensor watches it; no node can be called like an address."""

    start: str
    end: str
    span: Span
    told: str
    is_effect: bool = False


def loops(resolved: Resolved) -> Iterator[Finding]:
    """Through links out of an actuator, or through what it acts on and a sensor watches."""
    giving = {link.source.name for link in resolved.links if link.source.kind == "MActuator"}
    contacts = list(_contacts(resolved))
    if not giving and not contacts:
        return
    steps: list[Step] = [*contacts, *link_arrows(resolved.links)]
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
    for path, host in hosts(options):
        if not is_this_machine(host):
            yield path, f"host {host}"
    for path, text in texts(options):
        if text.startswith("/dev/"):
            yield path, f"device {text}"
