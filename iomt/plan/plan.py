"""The Plan: every name and setting of a graph decided, nothing about the place it runs at."""

from typing import Any, NamedTuple

from iomt.catalogue.declaration import NO_PROFILE, Profile
from iomt.contract.delivery import Delivery, Transport
from iomt.contract.provision import Consumer, Stream
from iomt.language.graph import Autoscale, Gpu, Resources, Site


class PlannedOutput(NamedTuple):
    """An output port; ``subject`` and ``stream`` are empty where nobody reads that way."""

    port: str
    media: str
    subject: str
    stream: str


class PlannedLink(NamedTuple):
    """One link with all defaults decided. ``origin`` is file:line of the graph."""

    name: str
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
    streams: tuple[Stream, ...]
    consumers: tuple[Consumer, ...]
    buckets: tuple[str, ...]

    def device(self, name: str) -> PlannedDevice:
        """The device of a node. Raises KeyError."""
        for each in self.devices:
            if each.name == name:
                return each
        raise KeyError(name)
