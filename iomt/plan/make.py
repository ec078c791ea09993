"""Resolved graph to Plan."""

import os
from collections.abc import Collection
from typing import Any, NamedTuple

from iomt.catalogue.declaration import Port
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.contract import names
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
    ends = _Ends(graph.name)
    links = tuple([ends.link(each) for each in every])
    devices = tuple([_device(graph, node, ends) for node in nodes.values()])
    return Plan(
        graph=graph.name,
        file=graph.file,
        devices=devices,
        links=links,
        buckets=tuple([device.bucket for device in devices if device.bucket]),
    )


class _Source(NamedTuple):
    """An output that links begin at. ``links`` are those that do."""

    subject: str
    stream: str
    links: list[PlannedLink]


class _Target(NamedTuple):
    """An input that links lead to. ``links`` are all of those into its node."""

    consumer: str
    links: list[PlannedLink]


class _Ends:
    """Links as they are planned, by their ends: a search for each node would be quadratic."""

    def __init__(self, graph: str) -> None:
        self._graph = graph
        self._sources: dict[tuple[str, str], _Source] = {}
        self._targets: dict[tuple[str, str], _Target] = {}
        self.into: dict[str, list[PlannedLink]] = {}

    def link(self, resolved: ResolvedLink) -> PlannedLink:
        """Decide one link."""
        written, giving, giving_port, taking, taking_port, media, delivery, transport, rate, buffer = resolved
        begins, ends = (giving[0][0], giving_port[0]), (taking[0][0], taking_port[0])
        source = self._sources.get(begins) or self._source(*begins)
        target = self._targets.get(ends) or self._target(*ends)
        stream = consumer = ""
        least = 1
        if delivery == "durable":
            stream, consumer, least = source[1], target[0], WHAT_THERE_IS
        subject = source[0] if transport != "http" else ""
        made = (
            *begins, *ends, media, delivery, transport, subject, stream, consumer, rate, buffer or least,
            written.source.document.origin(written.item),
        )  # fmt: skip
        link: PlannedLink = _make(PlannedLink, made)
        source[2].append(link)
        target[1].append(link)
        return link

    def _source(self, node: str, port: str) -> _Source:
        subject, stream = names.subject(self._graph, node, port), names.stream(self._graph, node, port)
        found = self._sources[node, port] = _Source(subject, stream, [])
        return found

    def _target(self, node: str, port: str) -> _Target:
        links = self.into.setdefault(node, [])
        found = self._targets[node, port] = _Target(names.consumer(node, port), links)
        return found

    def out_of(self, node: str, port: str) -> list[PlannedLink]:
        """The links that begin at one output."""
        found = self._sources.get((node, port))
        return found.links if found else []


def _device(graph: Graph, resolved: ResolvedNode, ends: _Ends) -> PlannedDevice:
    node, device = resolved.node, resolved.device
    name = node.name
    inputs, outputs = ends.into.get(name, []), []
    over = {link.transport for link in inputs}
    stores = "store" in device.needs
    reads = "bucket" in over
    for port in device.produces:
        links = ends.out_of(name, port.name)
        outputs.append(_output(port, links))
        over.update([link.transport for link in links])
    options, files = _absolute_paths(resolved.options, device.paths, graph.directory)
    listens = options.get(device.listens) if device.listens else None
    autoscale = node.autoscale
    made = (
        name, node.kind, device.name, device.runtime, node.written.document.origin(node.written.key), options,
        tuple(outputs), tuple(inputs), bool(over - {"http"}), stores or reads,
        names.bucket(graph.name, name) if stores else "", bool(device.listens),
        listens if isinstance(listens, int) else 0, files, resolved.model_path or "", resolved.revision,
        resolved.task or "", node.site or "", graph.sites.get(node.site or ""),
        autoscale.minimum if autoscale else node.replicas or 1, autoscale, node.resources, node.gpu,
        resolved.profile,
    )  # fmt: skip
    planned: PlannedDevice = _make(PlannedDevice, made)
    return planned


def _output(port: Port, links: list[PlannedLink]) -> PlannedOutput:
    carried = {link.media for link in links}
    media = carried.pop() if len(carried) == 1 else port.media[0]
    subject = next((link.subject for link in links if link.subject), "")
    stream = next((link.stream for link in links if link.stream), "")
    return PlannedOutput(port.name, media, subject, stream)


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
