"""The graph as its author meant it: names not yet resolved against the catalogue, spans kept."""

from dataclasses import dataclass, field
from typing import Any, Literal

from iomt.contract.settings import Delivery, Transport
from iomt.diagnostics.finding import Span

Kind = Literal["MSensor", "MAnalyzer", "MStorage", "MActuator"]
Path = tuple[str | int, ...]
"""Where a value stands inside ``options``: keys and list positions."""


@dataclass(frozen=True, slots=True)
class Node:
    """One media thing. Either ``device`` names a declaration or, for an analyzer, ``model``.

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
    options: dict[str, Any] = field(default_factory=dict)
    option_spans: dict[Path, Span] = field(default_factory=dict)
    option_key_spans: dict[Path, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link: ``node`` or ``node.port``."""

    node: str
    port: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow between two nodes. ``None`` means: the default of the reader's port.

    ``buffer`` is a count of messages on a latest link and bytes on a durable one, both from the
    author's text; ``max_rate`` is messages per second. ``spans`` holds the span of each key that
    was written (``delivery``, ``max_rate``, ``buffer``, ``transport``). ``buffer_in_bytes`` tells
    whether the author wrote a size (``2Gi``) or a count.
    """

    source: End
    target: End
    span: Span
    delivery: Delivery | None = None
    transport: Transport | None = None
    max_rate: float | None = None
    buffer: int | None = None
    buffer_in_bytes: bool = False
    spans: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole graph file. ``directory`` is where relative paths in options start.

    ``broken`` are the names of nodes whose entry has findings that leave nothing of it: a link to
    them is no second mistake.
    """

    name: str
    file: str
    directory: str
    nodes: dict[str, Node]
    links: tuple[Link, ...]
    broken: frozenset[str] = frozenset()
