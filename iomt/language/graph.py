"""The graph as its author meant it: names not yet resolved against the catalogue, spans kept."""

from typing import Any, Literal, NamedTuple

from iomt.contract.delivery import Delivery, Transport
from iomt.diagnostics.finding import Span

Kind = Literal["MSensor", "MAnalyzer", "MStorage", "MActuator"]
Path = tuple[str | int, ...]
"""Where a value stands inside ``options``: keys and list positions."""
NOTHING: dict[Any, Any] = {}
"""What everything shares that has no options, spans or labels: never written to."""


# Named tuples here and in the other phases: a large graph has a hundred thousand of them, and a frozen
# dataclass takes four times as long to make. Importing `dataclasses` would double the start of a check.
class Resources(NamedTuple):
    """What one replica asks for, and may use at most; None where the author says nothing.

    Processors in cores (``500m`` -> 0.5), memory in bytes.
    """

    cpu: float | None = None
    memory: int | None = None
    cpu_limit: float | None = None
    memory_limit: int | None = None


class Gpu(NamedTuple):
    """Graphics processors of one replica. ``resource`` is the name that Kubernetes counts them by."""

    count: int = 1  # type: ignore[assignment]  # in place of the method of tuples
    resource: str = "nvidia.com/gpu"


class Autoscale(NamedTuple):
    """How many replicas, by what. ``target`` is messages waiting a replica (``lag``), a share of the
    processors asked for (``cpu``), or seconds of age (``age``).
    """

    minimum: int
    maximum: int
    by: Literal["lag", "cpu", "age"]
    target: float


class Site(NamedTuple):
    """A place where nodes run, and what there is: cores, bytes, graphics processors, bytes/s out of it.

    None means: nothing said. ``selector`` are the labels of its machines, ``prefers`` those of some that
    are better than others, ``taints`` what keeps others away from them, by key. ``devices`` maps device
    files to the resources that a device plugin offers them as.
    """

    name: str
    span: Span
    cores: float | None = None
    memory: int | None = None
    gpus: int | None = None
    uplink: float | None = None
    selector: dict[str, str] = NOTHING
    spans: dict[str, Span] = NOTHING
    prefers: dict[str, str] = NOTHING
    taints: dict[str, str] = NOTHING
    devices: dict[str, str] = NOTHING


class Node(NamedTuple):
    """One media thing. Either ``device`` names a declaration or, for an analyzer, ``model``.

    ``replicas`` is None where the author says nothing; ``spans`` holds the span of the value of each
    key that was written. ``entry`` is the name that the author wrote: with ``each`` several nodes
    come of one entry.
    ``options`` is plain data; ``option_spans`` gives the span of each key's value by path
    (``()`` is the whole options map, or the node's name where there is none), and
    ``option_key_spans`` that of the key itself.
    """

    name: str
    kind: Kind
    span: Span
    device: str | None = None
    device_span: Span | None = None
    model: str | None = None
    model_span: Span | None = None
    revision: str | None = None
    task: str | None = None
    options: dict[str, Any] = NOTHING
    option_spans: dict[Path, Span] = NOTHING
    option_key_spans: dict[Path, Span] = NOTHING
    entry: str = ""
    site: str | None = None
    replicas: int | None = None
    autoscale: Autoscale | None = None
    resources: Resources = Resources()
    gpu: Gpu | None = None
    spans: dict[str, Span] = NOTHING


class End(NamedTuple):
    """One end of a link: ``node`` or ``node.port``."""

    node: str
    port: str | None
    span: Span


class Link(NamedTuple):
    """One arrow between two nodes. ``None`` means: the default of the reader's port.

    ``buffer`` is a count of messages on a latest link and bytes on a durable one, both from the
    author's text; ``max_rate`` is messages per second. ``spans`` holds the span of each key that
    was written (``delivery``, ``max_rate``, ``buffer``, ``transport``, ``latency``). ``buffer_in_bytes``
    tells whether the author wrote a size (``2Gi``) or a count. ``latency`` is a promise: seconds from
    capture, at the beginning of the path, until this link's message is there.
    """

    source: End
    target: End
    span: Span
    delivery: Delivery | None = None
    transport: Transport | None = None
    max_rate: float | None = None
    buffer: int | None = None
    buffer_in_bytes: bool = False
    latency: float | None = None
    spans: dict[str, Span] = NOTHING


class Graph(NamedTuple):
    """A whole graph file. ``directory`` is where relative paths in options start.

    ``broken`` are the names of nodes whose entry has findings that leave nothing of it: a link to
    them is no second mistake. ``privacy`` is ``site`` where media of people must not leave its site.
    """

    name: str
    file: str
    directory: str
    nodes: dict[str, Node]
    links: tuple[Link, ...]
    broken: frozenset[str] = frozenset()
    sites: dict[str, Site] = NOTHING
    privacy: Literal["site"] | None = None
    privacy_span: Span | None = None
