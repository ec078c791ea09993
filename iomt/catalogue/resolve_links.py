"""Links from names to ports, with the media that flows and the defaults of the reader."""

from collections.abc import Iterable

from iomt.catalogue.declaration import Port
from iomt.catalogue.resolved import ResolvedLink, ResolvedNode
from iomt.contract import media
from iomt.contract.settings import Transport
from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.graph import End, Graph, Link
from iomt.language.suggest import cure, one_of


def resolve_links(
    graph: Graph, nodes: dict[str, ResolvedNode]
) -> tuple[tuple[ResolvedLink, ...], list[Finding]]:
    """Every link whose two nodes are resolved; ends at unknown nodes and ports become findings."""
    resolver = _LinkResolver(graph, nodes)
    links = tuple(each for link in graph.links if (each := resolver.resolve(link)))
    # A chain repeats its ends: one finding a place is enough.
    return links, list(dict.fromkeys(resolver.findings))


class _LinkResolver:
    def __init__(self, graph: Graph, nodes: dict[str, ResolvedNode]) -> None:
        self._graph, self._nodes = graph, nodes
        self._known = [*graph.nodes, *graph.broken]
        self.findings: list[Finding] = []
        self._flows: dict[tuple[str, str], list[str]] = {}
        self._into: dict[str, list[Link]] = {}
        for link in graph.links:
            self._into.setdefault(link.target.node, []).append(link)

    def resolve(self, link: Link) -> ResolvedLink | None:
        source, target = self._node(link.source), self._node(link.target)
        if source is None or target is None:
            return None
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
        return ResolvedLink(
            link,
            source,
            source_port,
            target,
            found,
            flows,
            link.delivery or found.delivery,
            link.transport or transport,
            link.max_rate or 0.0,
            link.buffer,
        )

    def _node(self, end: End) -> ResolvedNode | None:
        # Where no node could be read at all, that has been said.
        if self._known and end.node not in self._graph.nodes and end.node not in self._graph.broken:
            help_text = cure(end.node, self._known, f"the nodes are {one_of(self._known, 'and')}")
            self.findings.append(
                Finding("unknown-node", f"there is no node called {end.node}", end.span, help_text)
            )
        return self._nodes.get(end.node)

    def _source_port(self, node: ResolvedNode, end: End) -> Port | None:
        ports = node.device.produces
        if not ports:
            message = f"{node.name} gives nothing: {node.device.name} has no output"
            self.findings.append(
                Finding("no-port", message, end.span, "link something else to it, not from it")
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
                Finding("no-port", message, end.span, "a sensor stands at the left of an arrow")
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
                for link in self._into.get(node.name, ())
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
            Finding("media-mismatch", message, link.target.span, _media_cure(takes), related)
        )


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


def _media_cure(takes: list[str]) -> str:
    if all(each.startswith("application/") for each in takes):
        return "put an analyzer between them: it turns pictures or sound into results"
    return "link it to something that gives what it takes"
