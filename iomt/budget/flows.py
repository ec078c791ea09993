"""Rates and sizes, carried along the links from the sensors on."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from iomt.budget.flow import Flow
from iomt.budget.load import Load, load
from iomt.budget.option_meanings import Meanings
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode

UNKNOWN = Flow()


@dataclass(frozen=True, slots=True)
class Flows:
    """``links`` stands beside `Resolved.links`. ``given`` is what a node gives at each of its outputs,
    ``into`` the numbers of its incoming links, both by its name. ``order`` has every node after those
    that it reads from; nodes of a circle, and what only follows it, come last and are ``circular``.
    """

    links: tuple[Flow, ...]
    given: dict[str, Flow]
    into: dict[str, list[int]]
    order: tuple[ResolvedNode, ...]
    circular: frozenset[str]
    loads: dict[str, Load]

    def sources(self, link: ResolvedLink) -> int:
        """Of how many sources a link carries messages."""
        return _sources(link, self.into)


def flows(resolved: Resolved, meanings: Meanings) -> Flows:
    """In one walk over nodes and links."""
    into: dict[str, list[int]] = {name: [] for name in resolved.nodes}
    out_of: dict[str, list[int]] = {name: [] for name in resolved.nodes}
    targets = [link.target.node.name for link in resolved.links]
    for number, link in enumerate(resolved.links):
        into[targets[number]].append(number)
        out_of[link.source.node.name].append(number)
    order, circular = _ordered(resolved, into, out_of, targets)
    found: list[Flow] = [UNKNOWN] * len(resolved.links)
    given: dict[str, Flow] = {}
    loads: dict[str, Load] = {}
    for node in order:
        name = node.node.name
        incoming = into[name]
        if node.node.kind == "MSensor":
            gives = Flow(meanings.message_rate(node), meanings.message_bytes(node))
        elif node.node.kind == "MAnalyzer":
            comes = [
                (resolved.links[each], found[each], _sources(resolved.links[each], into)) for each in incoming
            ]
            loads[name] = here = load(node, comes)
            gives = Flow(here.handled, node.profile.bytes)
        elif node.device.produces:
            gives = joined([found[each] for each in incoming])
        else:
            gives = UNKNOWN
        given[name] = gives
        rate = gives.rate or 0.0
        for number in out_of[name]:
            most = resolved.links[number].max_rate
            found[number] = Flow(most, gives.bytes_each) if most and rate > most else gives
    return Flows(tuple(found), given, into, order, circular, loads)


def joined(flows: Sequence[Flow]) -> Flow:
    """Several flows as one: their rates added, their sizes on average."""
    rates = [each.rate for each in flows if each.rate is not None]
    rate = sum(rates) if rates and len(rates) == len(flows) else None
    sizes = {each.bytes_each for each in flows}
    if len(sizes) == 1:
        return Flow(rate, sizes.pop())
    amounts = [each.bytes_per_second for each in flows]
    known = [each for each in amounts if each is not None]
    return Flow(rate, sum(known) / rate if rate and len(known) == len(flows) else None)


def _sources(link: ResolvedLink, into: dict[str, list[int]]) -> int:
    """A lake passes on what all of its own sources gave."""
    source = link.source.node
    return max(1, len(into[source.name])) if source.kind == "MStorage" else 1


def _ordered(
    resolved: Resolved, into: dict[str, list[int]], out_of: dict[str, list[int]], targets: list[str]
) -> tuple[tuple[ResolvedNode, ...], frozenset[str]]:
    """Kahn's algorithm."""
    waits = {name: len(numbers) for name, numbers in into.items()}
    ready = deque(name for name, count in waits.items() if not count)
    order = []
    while ready:
        name = ready.popleft()
        order.append(resolved.nodes[name])
        for number in out_of[name]:
            target = targets[number]
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    left = [node for name, node in resolved.nodes.items() if waits[name] > 0]
    return (*order, *left), frozenset(node.node.name for node in left)
