"""Resolved graph to Plan."""

import os
from collections.abc import Collection, Iterable

from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.contract import names
from iomt.contract.provision import Consumer, Stream
from iomt.language.graph import Graph
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink, PlannedOutput

_WHAT_THERE_IS = 0
"""What a durable link may let wait in the broker when the graph does not say: all the room it has.

A figure would be reserved: fifty cameras of 1 GiB each would not start on a small disk.
"""


def make(resolved: Resolved, only: Collection[str] = ()) -> Plan:
    """Decide everything. ``only``: leave out all other nodes and their links."""
    graph = resolved.graph
    kept = [node for name, node in resolved.nodes.items() if not only or name in only]
    named = {node.node.name for node in kept}
    links = tuple(
        _link(graph.name, link)
        for link in resolved.links
        if link.source.node.name in named and link.target.node.name in named
    )
    durable = [link for link in links if link.delivery == "durable"]
    into, out_of = _by_end(links)
    devices = tuple(_device(graph, node, into.get(node.name, []), out_of.get(node.name, [])) for node in kept)
    return Plan(
        graph=graph.name,
        file=graph.file,
        devices=devices,
        links=links,
        streams=_streams(durable),
        consumers=tuple(Consumer(link.consumer, link.stream) for link in durable),
        buckets=tuple(device.bucket for device in devices if device.bucket),
    )


def _link(graph: str, resolved: ResolvedLink) -> PlannedLink:
    source, target = resolved.source.node.name, resolved.target.node.name
    source_port, target_port = resolved.source_port.name, resolved.target_port.name
    durable = resolved.delivery == "durable"
    span = resolved.link.span
    return PlannedLink(
        name=names.link(source, source_port, target, target_port),
        source=source,
        source_port=source_port,
        target=target,
        target_port=target_port,
        media=resolved.media,
        delivery=resolved.delivery,
        transport=resolved.transport,
        subject=names.subject(graph, source, source_port) if resolved.transport != "http" else "",
        stream=names.stream(graph, source, source_port) if durable else "",
        consumer=names.consumer(target, target_port) if durable else "",
        max_rate=resolved.max_rate,
        buffer=resolved.buffer or (_WHAT_THERE_IS if durable else 1),
        origin=f"{span.file}:{span.line}",
    )


def _streams(durable: Iterable[PlannedLink]) -> tuple[Stream, ...]:
    """One stream a port, as large as the most patient of its readers asks for."""
    buffers: dict[tuple[str, str], list[int]] = {}
    for link in durable:
        buffers.setdefault((link.stream, link.subject), []).append(link.buffer)
    return tuple(
        Stream(name, subject, _WHAT_THERE_IS if _WHAT_THERE_IS in sizes else max(sizes))
        for (name, subject), sizes in buffers.items()
    )


def _by_end(
    links: Iterable[PlannedLink],
) -> tuple[dict[str, list[PlannedLink]], dict[str, list[PlannedLink]]]:
    """The links into each node, and those out of it; a search for each node would be quadratic."""
    into: dict[str, list[PlannedLink]] = {}
    out_of: dict[str, list[PlannedLink]] = {}
    for link in links:
        into.setdefault(link.target, []).append(link)
        out_of.setdefault(link.source, []).append(link)
    return into, out_of


def _device(
    graph: Graph, resolved: ResolvedNode, inputs: list[PlannedLink], outgoing: list[PlannedLink]
) -> PlannedDevice:
    node, device = resolved.node, resolved.device
    outputs = tuple(
        _output(port.name, port.media[0], [link for link in outgoing if link.source_port == port.name])
        for port in device.produces
    )
    options, files = _absolute_paths(resolved.options, device.paths, graph.directory)
    listens = options.get(device.listens) if device.listens else None
    stores = "store" in device.needs
    return PlannedDevice(
        name=node.name,
        kind=node.kind,
        device=device.name,
        runtime=device.runtime,
        origin=f"{node.span.file}:{node.span.line}",
        options=options,
        outputs=outputs,
        inputs=tuple(inputs),
        broker=any(link.transport != "http" for link in (*inputs, *outgoing)),
        store=stores or any(link.transport == "bucket" for link in inputs),
        bucket=names.bucket(graph.name, node.name) if stores else "",
        page=bool(device.listens),
        listens=listens if isinstance(listens, int) else 0,
        files=files,
        model=resolved.model_path or "",
        revision=resolved.revision,
        task=resolved.task or "",
        site=node.site or "",
        at=graph.sites.get(node.site or ""),
        replicas=node.autoscale.minimum if node.autoscale else node.replicas or 1,
        autoscale=node.autoscale,
        resources=node.resources,
        gpu=node.gpu,
        profile=resolved.profile,
    )


def _output(port: str, media: str, links: list[PlannedLink]) -> PlannedOutput:
    carried = {link.media for link in links}
    return PlannedOutput(
        port=port,
        media=carried.pop() if len(carried) == 1 else media,
        subject=next((link.subject for link in links if link.subject), ""),
        stream=next((link.stream for link in links if link.stream), ""),
    )


def _absolute_paths(
    options: dict[str, object], paths: tuple[str, ...], directory: str
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Paths in options start at the graph's own folder."""
    made = dict(options)
    files = []
    for name in paths:
        if isinstance(value := made.get(name), str):
            made[name] = os.path.abspath(os.path.join(directory, value))
            files.append(name)
    return made, tuple(files)
