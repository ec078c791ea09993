"""From capture to arrival: the parts of the time, and the longest way to each link.

Queueing is that of one queue with a constant time of service (M/D/1), of replicas that share the
work: on average rho / (2 (1 - rho)) of one service. On a latest link a message waits at most until
its own place has its turn, and never longer than a newer one takes to come.
"""

import math
from dataclasses import dataclass

from iomt.budget.flow import Flow
from iomt.budget.flows import Flows
from iomt.budget.load import Load
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode

HOPS = {"nats": 0.0004, "http": 0.0004, "bucket": 0.0022}
"""Seconds of one hop without load: a publish and a round trip through the broker, or that and the GET
of one object of 100 KB (two cores, nats-server 2.15, S3 gateway on the same machine)."""
STREAM = 0.0004
"""Seconds more where a stream stores it first, measured there too."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a path's latency. ``seconds`` is None where nothing tells, infinite where a queue grows
    for ever. ``what`` is encode, link, uplink, queue, model or store; further ones may come.
    """

    what: str
    at: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Path:
    """The slowest way to the end of one link. ``nodes`` begin with a sensor (or, in a circle, anywhere)."""

    nodes: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def seconds(self) -> float:
        """The sum of what is known."""
        return sum(part.seconds for part in self.parts if part.seconds is not None)

    @property
    def complete(self) -> bool:
        """Whether nothing of it is unknown."""
        return all(part.seconds is not None for part in self.parts)


class Latencies:
    """The latency of every link, told by `path` for those that are asked for; without, it costs nothing."""

    def __init__(self, resolved: Resolved, flows: Flows) -> None:
        self._resolved = resolved
        self._flows = flows
        self._slowest: dict[str, int] | None = None

    def path(self, number: int) -> Path:
        """The slowest way from a sensor to the end of link ``number`` of `Resolved.links`."""
        if self._slowest is None:
            self._slowest = self._walk()
        numbers = [number]
        links = self._resolved.links
        while (before := self._slowest.get(links[numbers[-1]].source.node.name, -1)) >= 0:
            numbers.append(before)
        numbers.reverse()
        first = links[numbers[0]].source
        parts = self._first(first)
        for place, each in enumerate(numbers):
            parts += self._crossing(links[each], self._flows.given[links[each].source.node.name])
            if place + 1 < len(numbers):
                parts += self._inside(links[each], self._flows.links[each])
        return Path((first.name, *(links[each].target.name for each in numbers)), tuple(parts))

    def ends(self) -> list[int]:
        """The links that end at a storage or an actuator."""
        return [
            number
            for number, link in enumerate(self._resolved.links)
            if link.target.node.kind in ("MStorage", "MActuator")
        ]

    def _walk(self) -> dict[str, int]:
        """The number of the link by which each node is reached latest."""
        slowest: dict[str, int] = {}
        leaves: dict[str, float] = {}
        links, flows = self._resolved.links, self._flows
        for node in flows.order:
            name, incoming = node.node.name, flows.into[node.node.name]
            if not incoming or name in flows.circular or not node.device.produces:
                leaves[name] = _total(self._first(node))
                continue
            arrivals = []
            for each in incoming:
                link = links[each]
                crossing = self._crossing(link, flows.given[link.source.node.name])
                time = leaves[link.source.node.name] + _total(crossing)
                arrivals.append((time + _total(self._inside(link, flows.links[each])), -each))
            leaves[name], number = max(arrivals)
            slowest[name] = -number
        return slowest

    def _first(self, node: ResolvedNode) -> list[Part]:
        return [Part("encode", node.node.name, node.profile.seconds)] if node.node.kind == "MSensor" else []

    def _crossing(self, link: ResolvedLink, gives: Flow) -> list[Part]:
        hop = HOPS[link.transport] + (STREAM if link.delivery == "durable" else 0.0)
        parts = [Part("link", link.target.node.name, hop)]
        here, there = link.source.node.site, link.target.node.site
        site = self._resolved.graph.sites.get(here or "")
        if here != there and site and site.uplink:
            each = gives.bytes_each
            parts.append(Part("uplink", site.name, None if each is None else each / site.uplink))
        return parts

    def _inside(self, link: ResolvedLink, flow: Flow) -> list[Part]:
        """What a message takes in the node that it comes to, before something of it goes on."""
        node = link.target
        seconds = node.profile.slowest or node.profile.seconds
        if node.node.kind != "MAnalyzer":
            return [Part("store", node.node.name, seconds)]
        wait = queue(self._flows.loads[node.node.name], link, flow, self._flows.sources(link))
        return [Part("queue", node.node.name, wait), Part("model", node.node.name, seconds)]


def queue(load: Load, link: ResolvedLink, flow: Flow, sources: int) -> float | None:
    """Seconds that a message of this link, which carries so many sources, waits for its turn."""
    share, seconds = load.utilisation, load.seconds
    if share is None or seconds is None:
        return None
    service = seconds / load.replicas
    wait = share / (2 * (1 - share)) * service if share < 1 else math.inf
    if link.delivery == "durable" or not flow.rate:
        return wait
    return min(wait, load.places * service, sources / flow.rate)


def _total(parts: list[Part]) -> float:
    return sum(part.seconds for part in parts if part.seconds is not None)
