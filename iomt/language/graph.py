"""The graph as its author meant it: names not yet resolved against the catalogue, spans kept."""

from typing import Any, Literal, NamedTuple

from iomt.contract.delivery import Delivery, Transport
from iomt.diagnostics.finding import Span
from iomt.language.document import Document, Scalar, Value
from iomt.language.places import inside
from iomt.language.written import Path, Written

Kind = Literal["MSensor", "MAnalyzer", "MStorage", "MActuator"]
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

    ``replicas`` is None where the author says nothing. ``entry`` is the name that the author wrote: with
    ``each`` several nodes come of one entry. ``options`` is plain data, never written to: nodes that were
    written alike share it. Where all of it stands, ``written`` knows.
    """

    name: str
    kind: Kind
    written: Written
    device: str | None = None
    model: str | None = None
    revision: str | None = None
    task: str | None = None
    options: dict[str, Any] = NOTHING
    entry: str = ""
    site: str | None = None
    replicas: int | None = None
    autoscale: Autoscale | None = None
    resources: Resources = Resources()
    gpu: Gpu | None = None

    @property
    def span(self) -> Span:
        """Where its name stands."""
        return self.written.document.span(self.written.key)

    @property
    def spans(self) -> dict[str, Span]:
        """Where the value of each key stands that was written."""
        return self.written.spans()

    @property
    def device_span(self) -> Span | None:
        """Where the device is named."""
        return self.spans.get("device")

    @property
    def model_span(self) -> Span | None:
        """Where the model is named."""
        return self.spans.get("model")

    @property
    def option_spans(self) -> dict[Path, Span]:
        """Where the value of each option stands, by path; ``()`` is all of them, or the node's name."""
        return self.written.option_spans()

    @property
    def option_key_spans(self) -> dict[Path, Span]:
        """The same of the options' keys."""
        return self.written.option_key_spans()


class End(NamedTuple):
    """One end of a link: ``node`` or ``node.port``, which are ``length`` characters of a text."""

    node: str
    port: str | None
    document: Document
    text: Scalar
    offset: int
    length: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return inside(self.document, self.text, self.offset, self.length)


class Link(NamedTuple):
    """One arrow between two nodes, written in ``item``. ``None`` means: the default of the reader's port.

    ``buffer`` is a count of messages on a latest link and bytes on a durable one, both from the
    author's text; ``max_rate`` is messages per second. ``spans`` holds the span of each key that
    was written (``delivery``, ``max_rate``, ``buffer``, ``transport``, ``latency``). ``buffer_in_bytes``
    tells whether the author wrote a size (``2Gi``) or a count. ``latency`` is a promise: seconds from
    capture, at the beginning of the path, until this link's message is there.
    """

    source: End
    target: End
    item: Value
    delivery: Delivery | None = None
    transport: Transport | None = None
    max_rate: float | None = None
    buffer: int | None = None
    buffer_in_bytes: bool = False
    latency: float | None = None
    spans: dict[str, Span] = NOTHING

    @property
    def span(self) -> Span:
        """Where it stands; other links may stand in the same item."""
        return self.source.document.span(self.item)


class Graph(NamedTuple):
    """A whole graph file. ``directory`` is where relative paths in options start.

    ``broken`` are the names of nodes whose entry has findings that leave nothing of it: a link to
    them is no second mistake. ``privacy`` is ``site`` where media of people must not leave its site.
    ``profiles`` are the names of what can be laid on the graph.
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
    profiles: tuple[str, ...] = ()
