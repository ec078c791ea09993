"""Links from names to ports, with the media that flows and the defaults of the reader."""

from collections.abc import Iterable
from typing import NamedTuple

from iomt.catalogue.declaration import Port
from iomt.catalogue.load import Catalogue
from iomt.catalogue.resolved import Ends, ResolvedLink, ResolvedNode
from iomt.contract import media
from iomt.contract.delivery import Delivery, Transport
from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.graph import NOTHING, End, Graph, Link
from iomt.language.suggest import cure, one_of


class ResolvedLinks(NamedTuple):
    """What `Resolved` has of links, and what could not be resolved."""

    links: tuple[ResolvedLink, ...]
    alike: tuple[list[ResolvedLink], ...]
    ends: Ends
    findings: list[Finding]


def resolve_links(graph: Graph, nodes: dict[str, ResolvedNode], catalogue: Catalogue) -> ResolvedLinks:
    """Every link whose two nodes are resolved; ends at unknown nodes and ports become findings."""
    resolver = _LinkResolver(graph, nodes, catalogue)
    links, ends = resolver.resolve_all()
    # A chain repeats its ends: one finding a place is enough.
    findings = list(dict.fromkeys(resolver.findings))
    return ResolvedLinks(tuple(links), tuple(filter(None, resolver.alike)), ends, findings)


_Kinds = tuple[int, str | None, int, str | None]
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


class _Known(NamedTuple):
    """What holds for all links between the same ports of the same two devices, and those without keys."""

    source_port: Port
    target_port: Port
    media: str
    delivery: Delivery
    transport: Transport
    alike: list[ResolvedLink]


def _arrow(link: Link, source: ResolvedNode, target: ResolvedNode, known: _Known) -> ResolvedLink:
    """A link that says nothing for itself."""
    source_port, target_port, flows, delivery, transport, alike = known
    made = link, source, source_port, target, target_port, flows, delivery, transport, 0.0, None
    arrow: ResolvedLink = _make(ResolvedLink, made)
    alike.append(arrow)
    return arrow


class _LinkResolver:
    def __init__(self, graph: Graph, nodes: dict[str, ResolvedNode], catalogue: Catalogue) -> None:
        self._graph, self._nodes, self._catalogue = graph, nodes, catalogue
        # As they are written: fifty cameras of one entry are one name.
        written = (node.entry or node.name for node in graph.nodes.values())
        self._known = list(dict.fromkeys((*written, *graph.broken)))
        self.findings: list[Finding] = []
        self.alike: list[list[ResolvedLink]] = []
        self._known_links: dict[_Kinds, _Known] = {}
        self._flows: dict[tuple[str, str], list[str]] = {}
        self._links_into: dict[str, list[Link]] | None = None

    def resolve_all(self) -> tuple[list[ResolvedLink], Ends]:
        """All that can be resolved. What is written without keys, between ports that are known already,
        is resolved here: nearly all links of a large graph.
        """
        node, known_links = self._nodes.get, self._known_links.get
        resolved: list[ResolvedLink] = []
        pairs, fed, read, to_itself = set[tuple[str, str]](), set[str](), set[str](), list[Link]()
        for link in self._graph.links:
            left, right = link[0], link[1]
            giver, taker = left[0], right[0]
            pairs.add((giver, taker))
            if giver == taker:
                to_itself.append(link)
            else:
                fed.add(taker)
                read.add(giver)
            source, target = node(giver), node(taker)
            known = None
            if source and target and link.spans is NOTHING:
                known = known_links((id(source.device), left[1], id(target.device), right[1]))
            if known and source and target:
                resolved.append(_arrow(link, source, target, known))
            elif found := self._resolve(link, source, target):
                resolved.append(found)
        return resolved, Ends(fed, read, to_itself, len(pairs) == len(self._graph.links))

    def _resolve(
        self, link: Link, source: ResolvedNode | None, target: ResolvedNode | None
    ) -> ResolvedLink | None:
        left, right = link.source, link.target
        if source is None or target is None:
            self._note_unknown(left)
            self._note_unknown(right)
            return None
        # Between the same ports of the same two devices, what can be said once holds for all.
        kinds = (id(source.device), left.port, id(target.device), right.port)
        known = self._known_links.get(kinds)
        if known:
            return self._resolved(link, source, target, known)
        source_port, target_port = self._source_port(source, link.source), self._named_target(target, link)
        if source_port is None or target_port is None:
            return None
        offered = self._media(source, source_port)
        if target_port == _UNNAMED:
            found = _first_that_takes(target.device.accepts, offered)
            accepted = target.device.accepts
        else:
            found = target_port if _first_that_takes([target_port], offered) else None
            accepted = (target_port,)
        if found is None:
            self._mismatch(link, source, source_port, target, accepted, offered)
            return None
        flows = next(each for each in offered if any(media.accepts(one, each) for one in found.media))
        transport: Transport = "bucket" if source.kind == "MStorage" else "nats"
        known = _Known(source_port, found, flows, found.delivery, transport, [])
        self.alike.append(known.alike)
        if not source_port.like:
            self._known_links[kinds] = known
        return self._resolved(link, source, target, known)

    def _resolved(
        self, link: Link, source: ResolvedNode, target: ResolvedNode, known: _Known
    ) -> ResolvedLink:
        if link.spans is NOTHING:
            return _arrow(link, source, target, known)
        source_port, target_port, flows, delivery, transport, _ = known
        delivery, transport = link.delivery or delivery, link.transport or transport
        resolved = ResolvedLink(
            link, source, source_port, target, target_port, flows, delivery, transport,
            link.max_rate or 0.0, link.buffer,
        )  # fmt: skip
        self.alike.append([resolved])
        return resolved

    def _into(self, name: str) -> list[Link]:
        if self._links_into is None:  # few graphs ask for it
            self._links_into = {}
            for link in self._graph.links:
                self._links_into.setdefault(link.target.node, []).append(link)
        return self._links_into.get(name, [])

    def _note_unknown(self, end: End) -> None:
        # Where no node could be read at all, that has been said.
        if self._known and end.node not in self._graph.nodes and end.node not in self._graph.broken:
            help_text = cure(
                end.node, (*self._known, *self._graph.nodes), f"the nodes are {one_of(self._known, 'and')}"
            )
            self.findings.append(
                Finding("unknown-node", f"there is no node called {end.node}", end.span, help_text)
            )

    def _source_port(self, node: ResolvedNode, end: End) -> Port | None:
        ports = node.device.produces
        if not ports:
            message = f"{node.name} gives nothing: {node.device.name} has no output"
            self.findings.append(
                Finding(
                    "no-port",
                    message,
                    end.span,
                    f"it is where media ends: let it stand at the right of an arrow, {node.name} last",
                )
            )
            return None
        if end.port is None and len(ports) > 1:
            message = f"{node.name} has several outputs"
            help_text = f"write {one_of(f'{node.name}.{port.name}' for port in ports)}"
            self.findings.append(Finding("no-port", message, end.span, help_text))
            return None
        return ports[0] if end.port is None else self._named(ports, node, end, "output")

    def _named_target(self, node: ResolvedNode, link: Link) -> Port | None:
        """The port that the link names, `_UNNAMED` where it names none."""
        ports, end = node.device.accepts, link.target
        if not ports:
            message = f"{node.name} takes nothing: {node.device.name} has no input"
            self.findings.append(
                Finding(
                    "no-port",
                    message,
                    end.span,
                    f"it is where media begins: let it stand at the left of an arrow, {node.name} first",
                )
            )
            return None
        return _UNNAMED if end.port is None else self._named(ports, node, end, "input")

    def _named(self, ports: Iterable[Port], node: ResolvedNode, end: End, side: str) -> Port | None:
        names = [port.name for port in ports]
        found = next((port for port in ports if port.name == end.port), None)
        if found is None:
            message = f"{node.name} has no {side} called {end.port}"
            help_text = cure(end.port or "", names, f"it has {one_of(names)}")
            self.findings.append(Finding("unknown-port", message, _port_span(end), help_text))
        return found

    def _media(self, node: ResolvedNode, port: Port, seen: frozenset[str] = frozenset()) -> list[str]:
        """What can come out of a port; for one that repeats an input, what is linked into that."""
        if not port.like:
            return [port.media[0]]
        key = (node.name, port.name)
        if key not in self._flows:
            inner = seen | {node.name}
            flows = [
                each
                for link in self._into(node.name)
                if link.source.node not in inner and link.target.port in (None, port.like)
                for each in self._offers(link.source, inner)
            ]
            if seen:  # inside a circle of storages the answer is not the whole one
                return flows
            self._flows[key] = list(dict.fromkeys(flows)) or [port.media[0]]
        return self._flows[key]

    def _offers(self, end: End, seen: frozenset[str]) -> list[str]:
        node = self._nodes.get(end.node)
        if node is None:
            return []
        port = next((each for each in node.device.produces if end.port in (None, each.name)), None)
        return self._media(node, port, seen) if port else []

    def _mismatch(
        self,
        link: Link,
        source: ResolvedNode,
        port: Port,
        target: ResolvedNode,
        accepted: Iterable[Port],
        offered: list[str],
    ) -> None:
        takes = list(dict.fromkeys(each for one in accepted for each in one.media))
        gives = f"gives {one_of(offered, 'and')}"
        message = f"{target.name} takes {one_of(takes)}, and {source.name}.{port.name} {gives}"
        related = (Related(link.source.span, gives),)
        self.findings.append(
            Finding(
                "media-mismatch",
                message,
                link.target.span,
                self._media_cure(source, target, offered, takes),
                related,
            )
        )

    def _media_cure(
        self, source: ResolvedNode, target: ResolvedNode, offered: list[str], takes: list[str]
    ) -> str:
        """Told only where a link is wrong: the whole catalogue is read for it."""
        from iomt.catalogue.conversions import conversion, feeders_of, task_for, told

        def is_fed(port: Port) -> bool:
            return bool(feeders_of(port, source.name, self._graph, self._nodes))

        chain = conversion(self._catalogue, offered, takes, is_fed)
        if chain:
            return told(chain, self._graph, self._nodes, source.name, target.name)
        if task_for(offered, takes):
            return "put an analyzer between them: it turns pictures or sound into results"
        gap = f"nothing that iomt knows turns {one_of(offered, 'and')} into {one_of(takes)}"
        return f"{gap}: link something to {target.name} that gives {one_of(takes)}"


_UNNAMED = Port("", ())


def _port_span(end: End) -> Span:
    """The part after the point, where it is written on one line and without escapes."""
    span, port = end.span, end.port or ""
    length = len(end.node) + 1 + len(port)
    if span.line != span.end_line or span.end_column - span.column != length:
        return span
    return span._replace(column=span.end_column - len(port))


def _first_that_takes(ports: Iterable[Port], offered: list[str]) -> Port | None:
    return next(
        (port for each in offered for port in ports if any(media.accepts(one, each) for one in port.media)),
        None,
    )
