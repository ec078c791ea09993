"""The graph with every name resolved: what the checks, the plan and the diagram read."""

from typing import Any, NamedTuple

from iomt.catalogue.declaration import NO_PROFILE, Device, Port, Profile
from iomt.contract import names
from iomt.contract.delivery import Delivery, Transport
from iomt.language.graph import Graph, Link, Node


class ResolvedNode(NamedTuple):
    """A node and what it is. ``options`` have their defaults filled in.

    ``model_path`` is an absolute folder or a Hugging Face id, empty where there is no model;
    ``task`` is empty where only the model's config, not here yet, can tell; ``labels`` are those of
    a model that is here or declared. ``revision`` is empty where none was named; ``licence`` is None
    where nothing is known of it, and empty where the model's card or declaration names none.
    ``profile`` is what was measured of this node, and what the device declares of the rest.
    """

    node: Node
    device: Device
    options: dict[str, Any]
    model_path: str = ""
    task: str = ""
    labels: tuple[str, ...] = ()
    revision: str = ""
    licence: str | None = None
    profile: Profile = NO_PROFILE

    @property
    def name(self) -> str:
        """The node's name."""
        return self.node.name

    @property
    def kind(self) -> str:
        """The node's kind."""
        return self.node.kind


class ResolvedLink(NamedTuple):
    """A link from port to port. ``max_rate`` is messages per second, 0 for all of them."""

    link: Link
    source: ResolvedNode
    source_port: Port
    target: ResolvedNode
    target_port: Port
    media: str
    delivery: Delivery
    transport: Transport
    max_rate: float = 0.0
    buffer: int | None = None

    @property
    def name(self) -> str:
        """How it is called in tables and accounts."""
        return names.link(self.source.name, self.source_port.name, self.target.name, self.target_port.name)


class Ends(NamedTuple):
    """Names of nodes as links name them, also of links that could not be resolved: what is wrong with
    these is told, and is no second mistake. ``fed`` have a link into them, ``read`` one out of them; a
    link from a node to itself counts for neither, and is one of ``to_itself``. ``are_once`` tells that
    no two links have the same two nodes.
    """

    fed: set[str]
    read: set[str]
    to_itself: list[Link]
    are_once: bool


class Resolved(NamedTuple):
    """A whole graph; nodes and links that could not be resolved are left out.

    ``alike`` has every node once, beside those that were written with the very same words: what an
    option of one means, it means for all of them. ``alike_links`` has every link once, beside those
    that go without keys from the same port of the same device to the same: all but their nodes is equal.
    """

    graph: Graph
    nodes: dict[str, ResolvedNode]
    links: tuple[ResolvedLink, ...]
    alike: tuple[list[ResolvedNode], ...]
    alike_links: tuple[list[ResolvedLink], ...]
    ends: Ends
