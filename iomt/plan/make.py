"""Resolved graph to Plan."""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.contract import names
from iomt.language.document import Value
from iomt.language.graph import Graph
from iomt.plan.plan import WHAT_THERE_IS, Plan, PlannedDevice, PlannedLink, PlannedOutput

_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


def make(resolved: Resolved, only: Collection[str] = ()) -> Plan:
    """Decide everything. ``only``: leave out all other nodes and their links."""
    graph = resolved.graph
    nodes, every = resolved.nodes, resolved.links
    if only:
        nodes = {name: node for name, node in nodes.items() if name in only}
        every = tuple(each for each in every if each.source.name in nodes and each.target.name in nodes)
    by_ends = _Links(graph.name)
    links = tuple(by_ends.plan(every))
    devices = tuple(_Devices(graph, by_ends).plan(nodes.values()))
    return Plan(
        graph=graph.name,
        file=graph.file,
        devices=devices,
        links=links,
        buckets=tuple([device.bucket for device in devices if device.bucket]),
    )


class _Source:
    """An output that links begin at: its names, and those of them that links go by."""

    __slots__ = ("has_several_media", "media", "stream", "stream_name", "subject", "subject_name")

    def __init__(self, subject: str, stream: str, media: str) -> None:
        self.subject_name, self.stream_name, self.media = subject, stream, media
        self.subject = self.stream = ""
        self.has_several_media = False

    def output(self, port: Port) -> PlannedOutput:
        """What the device is told of it."""
        media = port.media[0] if self.has_several_media else self.media
        return PlannedOutput(port.name, media, self.subject, self.stream)


class _Target(NamedTuple):
    """An input that links lead to. ``links`` are all of those into its node."""

    consumer: str
    links: list[PlannedLink]


class _Links:
    """Links as they are planned, by their ends: a search for each node would be quadratic."""

    def __init__(self, graph: str) -> None:
        self._graph = graph
        self._targets: dict[tuple[str, str], _Target] = {}
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
                source.has_several_media = True
            subject = stream = ""
            if transport != "http":
                subject = source.subject = source.subject_name
            if transport != "nats":
                self.beside_broker.add(taker)
            if delivery == "durable":
                stream = source.stream = source.stream_name
            if (item := written[2]) is not last:  # the links of a chain stand in one
                last, origin = item, written[0].document.origin(item)
            made = (
                giver, output, taker, entry, media, delivery, transport, subject, stream,
                consumer if stream else "", rate, room or (WHAT_THERE_IS if stream else 1), origin,
            )  # fmt: skip
            planned: PlannedLink = _make(PlannedLink, made)
            into.append(planned)
            yield planned

    def _source(self, node: str, port: str, media: str) -> _Source:
        subject, stream = names.subject(self._graph, node, port), names.stream(self._graph, node, port)
        found = self.sources[node, port] = _Source(subject, stream, media)
        return found

    def _target(self, node: str, port: str) -> _Target:
        links = self.into.setdefault(node, [])
        found = self._targets[node, port] = _Target(names.consumer(node, port), links)
        return found


class _Devices:
    def __init__(self, graph: Graph, links: _Links) -> None:
        self._graph, self._links = graph, links
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
            options, files = _absolute_paths(written_options, paths, graph.directory)
            asked = options.get(listens) if listens else None
            made = (
                name, kind, device_name, runtime, written.document.origin(written.key), options,
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
    if not paths:
        return options, ()
    made = dict(options)
    files = []
    for name in paths:
        if isinstance(value := made.get(name), str):
            made[name] = os.path.abspath(os.path.join(directory, value))
            files.append(name)
    return made, tuple(files)
