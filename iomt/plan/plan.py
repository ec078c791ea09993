"""The Plan: every name and setting of a graph decided, nothing about the place it runs at."""

from typing import Any, NamedTuple

from iomt.catalogue.declaration import NO_PROFILE, Profile
from iomt.contract import names
from iomt.contract.delivery import Delivery, Transport
from iomt.contract.provision import Consumer, Stream
from iomt.language.graph import Autoscale, Gpu, Resources, Site

WHAT_THERE_IS = 0
"""What a durable link may let wait in the broker when the graph does not say: all the room it has.

A figure would be reserved: fifty cameras of 1 GiB each would not start on a small disk.
"""


class PlannedOutput(NamedTuple):
    """An output port; ``subject`` and ``stream`` are empty where nobody reads that way."""

    port: str
    media: str
    subject: str
    stream: str


class PlannedLink(NamedTuple):
    """One link with all defaults decided. ``origin`` is file:line of the graph."""

    source: str
    source_port: str
    target: str
    target_port: str
    media: str
    delivery: Delivery
    transport: Transport
    subject: str
    stream: str
    consumer: str
    max_rate: float
    buffer: int
    origin: str

    @property
    def name(self) -> str:
        """How it is called in tables and accounts."""
        return names.link(self.source, self.source_port, self.target, self.target_port)


class PlannedDevice(NamedTuple):
    """One node. ``page``: people open it in a browser; ``listens`` is the TCP port that the user
    asked for, 0 where any will do. ``files`` are the options that hold paths of files.
    ``at`` is its site; ``replicas`` is the least where they scale; ``profile`` what is known of its needs.
    """

    name: str
    kind: str
    device: str
    runtime: str
    origin: str
    options: dict[str, Any]
    outputs: tuple[PlannedOutput, ...]
    inputs: tuple[PlannedLink, ...]
    broker: bool
    store: bool
    bucket: str
    page: bool
    listens: int
    files: tuple[str, ...]
    model: str
    revision: str
    task: str
    site: str = ""
    at: Site | None = None
    replicas: int = 1
    autoscale: Autoscale | None = None
    resources: Resources = Resources()
    gpu: Gpu | None = None
    profile: Profile = NO_PROFILE


class Plan(NamedTuple):
    """A whole graph, ready to be run or rendered."""

    graph: str
    file: str
    devices: tuple[PlannedDevice, ...]
    links: tuple[PlannedLink, ...]
    buckets: tuple[str, ...]

    @property
    def streams(self) -> tuple[Stream, ...]:
        """One stream a port that is read durably, as large as the most patient of its readers asks for."""
        buffers: dict[tuple[str, str], list[int]] = {}
        for link in self.links:
            if link.stream:
                buffers.setdefault((link.stream, link.subject), []).append(link.buffer)
        return tuple(
            Stream(name, subject, WHAT_THERE_IS if WHAT_THERE_IS in sizes else max(sizes))
            for (name, subject), sizes in buffers.items()
        )

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """One for each durable link."""
        return tuple(Consumer(link.consumer, link.stream) for link in self.links if link.stream)

    def device(self, name: str) -> PlannedDevice:
        """The device of a node. Raises KeyError."""
        for each in self.devices:
            if each.name == name:
                return each
        raise KeyError(name)
