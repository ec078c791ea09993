"""Resolved graph to Plan."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.contract import names
from iomt.language.document import Place, Value
from iomt.language.graph import Graph
from iomt.plan.plan import WHAT_THERE_IS, Plan, PlannedDevice, PlannedLink, PlannedOutput

_NO_FILES: tuple[str, ...] = ()
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


def make(resolved: Resolved, only: Collection[str] = ()) -> Plan:
    """Decide everything. ``only``: leave out all other nodes and their links."""
    graph = resolved.graph
    nodes, every = resolved.nodes, resolved.links
    if only:
        nodes = {name: node for name, node in nodes.items() if name in only}
        every = tuple(each for each in every if each.source.name in nodes and each.target.name in nodes)
    origin = _origins(nodes.values())
    by_ends = _Links(graph.name, origin)
    links = tuple(by_ends.plan(every))
    devices = tuple(_Devices(graph, by_ends, origin).plan(nodes.values()))
    return Plan(
        graph=graph.name,
        file=graph.file,
        devices=devices,
        links=links,
        buckets=tuple([device.bucket for device in devices if device.bucket]),
    )


def _origins(nodes: Iterable[ResolvedNode]) -> Callable[[Place], str]:
    """How places of the graph are told: all its nodes stand in one document."""
    for node in nodes:
        return node.node.written.document.origins()
    return str


class _Source:
    """An output that links begin at: what it is told of them. Several media are none."""

    __slots__ = ("media", "stream", "subject")

    def __init__(self, media: str) -> None:
        self.media = media
        self.subject = self.stream = ""

    def speak(self, graph: str, node: str, port: str) -> str:
        """Its subject, from now on."""
        self.subject = names.subject(graph, node, port)
        return self.subject

    def keep(self, graph: str, node: str, port: str) -> str:
        """Its stream, from now on."""
        self.stream = names.stream(graph, node, port)
        return self.stream

    def output(self, port: Port) -> PlannedOutput:
        """What the device is told."""
        made = port.name, self.media or port.media[0], self.subject, self.stream
        output: PlannedOutput = _make(PlannedOutput, made)
        return output


class _Links:
    """Links as they are planned, by their ends: a search for each node would be quadratic."""

    def __init__(self, graph: str, origin: Callable[[Place], str]) -> None:
        self._graph, self._origin = graph, origin
        self._targets: dict[tuple[str, str], tuple[str, list[PlannedLink]]] = {}
        self.sources: dict[tuple[str, str], _Source] = {}
        self.into: dict[str, list[PlannedLink]] = {}
        self.beside_broker: set[str] = set()  # nodes that are told something otherwise

    def plan(self, every: Iterable[ResolvedLink]) -> Iterator[PlannedLink]:
        """Decide each link."""
        sources, targets = self.sources.get, self._targets.get
        last: Value | None = None
        origin = ""
        for link in every:
            written, giving, giving_port, taking, taking_port, media, delivery, transport, rate, room = link
            giver, output, taker, entry = giving[0][0], giving_port[0], taking[0][0], taking_port[0]
            source = sources((giver, output)) or self._source(giver, output, media)
            consumer, into = targets((taker, entry)) or self._target(taker, entry)
            if media != source.media:
                source.media = ""
            subject = stream = ""
            if transport != "http":
                subject = source.subject or source.speak(self._graph, giver, output)
            if transport != "nats":
                self.beside_broker.add(taker)
            if delivery == "durable":
                stream = source.stream or source.keep(self._graph, giver, output)
            if (item := written[2]) is not last:  # the links of a chain stand in one
                last, origin = item, self._origin(item.start)
            made = (
                giver, output, taker, entry, media, delivery, transport, subject, stream,
                consumer if stream else "", rate, room or (WHAT_THERE_IS if stream else 1), origin,
            )  # fmt: skip
            planned: PlannedLink = _make(PlannedLink, made)
            into.append(planned)
            yield planned

    def _source(self, node: str, port: str, media: str) -> _Source:
        found = self.sources[node, port] = _Source(media)
        return found

    def _target(self, node: str, port: str) -> tuple[str, list[PlannedLink]]:
        """The consumer of an input, and all links into its node."""
        links = self.into.setdefault(node, [])
        found = self._targets[node, port] = names.consumer(node, port), links
        return found


class _Devices:
    def __init__(self, graph: Graph, links: _Links, origin: Callable[[Place], str]) -> None:
        self._graph, self._links, self._origin = graph, links, origin
        self._declared: dict[int, tuple[str, str, tuple[Port, ...], tuple[str, ...], str, bool]] = {}

    def plan(self, nodes: Iterable[ResolvedNode]) -> Iterator[PlannedDevice]:
        """Decide each node, all links being planned."""
        graph, sources, into = self._graph, self._links.sources.get, self._links.into.get
        for node, device, written_options, model, task, _, revision, _, profile in nodes:
            name, kind, written, _, _, _, _, _, _, site, replicas, autoscale, resources, gpu = node
            declared = self._declared.get(id(device)) or self._declaration(device)
            device_name, runtime, produces, paths, listens, stores = declared
            outputs = [
                source.output(port)
                if (source := sources((name, port.name)))
                else PlannedOutput(port.name, port.media[0], "", "")
                for port in produces
            ]
            inputs = tuple(into(name, ()))
            hears, reads = bool(inputs), False
            if name in self._links.beside_broker:
                hears = any(link.transport != "http" for link in inputs)
                reads = any(link.transport == "bucket" for link in inputs)
            options, files = written_options, _NO_FILES
            if paths:
                options, files = _absolute_paths(options, paths, graph.directory)
            asked = options.get(listens) if listens else None
            made = (
                name, kind, device_name, runtime, self._origin(written.key.start), options,
                tuple(outputs), inputs, hears or any(output.subject for output in outputs), stores or reads,
                names.bucket(graph.name, name) if stores else "", bool(listens),
                asked if isinstance(asked, int) else 0, files, model or "", revision, task or "", site or "",
                graph.sites.get(site) if site else None,
                autoscale.minimum if autoscale else replicas or 1, autoscale, resources, gpu, profile,
            )  # fmt: skip
            planned: PlannedDevice = _make(PlannedDevice, made)
            yield planned

    def _declaration(self, device: Device) -> tuple[str, str, tuple[Port, ...], tuple[str, ...], str, bool]:
        """What all nodes of a device have from it."""
        found = (
            device.name, device.runtime, device.produces, device.paths, device.listens,
            "store" in device.needs,
        )  # fmt: skip
        self._declared[id(device)] = found
        return found


def _absolute_paths(
    options: dict[str, Any], paths: tuple[str, ...], directory: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Paths in options start at the graph's own folder."""
    made = dict(options)
    files = []
    for name in paths:
        if isinstance(value := made.get(name), str):
            made[name] = os.path.abspath(os.path.join(directory, value))
            files.append(name)
    return made, tuple(files)
