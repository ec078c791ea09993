"""The Plan: every name and setting of a graph decided, nothing about the place it runs at."""

from dataclasses import dataclass, field
from typing import Any

from iomt.contract.provision import Consumer, Stream
from iomt.contract.settings import Delivery, Transport
from iomt.language.graph import Autoscale, Gpu, Resources


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """An output port; ``subject`` and ``stream`` are empty where nobody reads that way."""

    port: str
    media: str
    subject: str
    stream: str


@dataclass(frozen=True, slots=True)
class PlannedLink:
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


@dataclass(frozen=True, slots=True)
class PlannedDevice:
    """One node. ``page``: people open it in a browser; ``listens`` is the TCP port that the user
    asked for, 0 where any will do. ``files`` are the options that hold paths of files.
    ``selector`` are the labels of its site's machines; ``replicas`` is the least where they scale.
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
    selector: dict[str, str] = field(default_factory=dict)
    replicas: int = 1
    autoscale: Autoscale | None = None
    resources: Resources = field(default_factory=Resources)
    gpu: Gpu | None = None


@dataclass(frozen=True, slots=True)
class Plan:
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
