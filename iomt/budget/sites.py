"""What the nodes of each site ask of it."""

from dataclasses import dataclass, field

from iomt.budget.amounts import digits, size
from iomt.budget.flows import Flows
from iomt.budget.load import replicas_of
from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.language.graph import Site


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """One site. ``site`` is None for the nodes that name none.

    ``cores`` and ``memory`` (bytes) are the sums of what is known, each replica counted: what the
    graph asks for, or else what the profiles say. ``silent`` are nodes of which neither tells.
    ``uplink`` is bytes per second to other sites, ``untold`` the links out of which nothing tells.
    """

    site: Site | None
    nodes: tuple[str, ...]
    cores: float
    memory: float
    gpus: int
    uplink: float
    silent: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def excesses(self) -> list[tuple[str, str, str]]:
        """What is asked of it above what it has: which, what it has, and what is asked for."""
        site = self.site
        if site is None:
            return []
        figures = (
            ("cores", site.cores, self.cores, _cores),
            ("memory", site.memory, self.memory, size),
            ("gpus", site.gpus, self.gpus, _gpus),
            ("uplink", site.uplink, self.uplink, _uplink),
        )
        return [
            (name, text(has), text(asked))
            for name, has, asked, text in figures
            if has is not None and asked > has
        ]


def _cores(amount: float) -> str:
    return f"{digits(amount)} cores"


def _gpus(amount: float) -> str:
    return f"{amount:.0f} graphics processor" + "s" * (amount != 1)


def _uplink(amount: float) -> str:
    return f"{size(amount)}/s to other sites"


@dataclass(slots=True)
class _Sum:
    nodes: list[str] = field(default_factory=list)
    cores: float = 0.0
    memory: float = 0.0
    gpus: int = 0
    uplink: float = 0.0
    silent: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    def add(self, node: ResolvedNode) -> None:
        """One node with all of its replicas."""
        asked, used, count = node.node.resources, node.profile, replicas_of(node)
        cores = used.cores if asked.cpu is None else asked.cpu
        memory = used.memory if asked.memory is None else asked.memory
        self.nodes.append(node.node.name)
        self.cores += (cores or 0.0) * count
        self.memory += (memory or 0) * count
        self.gpus += node.node.gpu.count * count if node.node.gpu else 0
        if cores is None or memory is None:
            self.silent.append(node.node.name)


def site_loads(resolved: Resolved, flows: Flows) -> tuple[SiteLoad, ...]:
    """Every site of the graph, and one for the nodes of none where there are any.

    A port that several nodes of one other site read crosses once: readers thin, not the sender. Over
    HTTP each reader has a connection of its own.
    """
    sums: dict[str | None, _Sum] = {name: _Sum() for name in resolved.graph.sites}
    for node in resolved.nodes.values():
        sums.setdefault(node.node.site, _Sum()).add(node)
    crossed: set[tuple[str, str, str | None]] = set()
    for link in resolved.links:
        here, there = link.source.node.site, link.target.node.site
        crossing = (link.source.node.name, link.source_port.name, there)
        if here == there or (crossing in crossed and link.transport != "http"):
            continue
        crossed.add(crossing)
        amount = flows.given[link.source.node.name].bytes_per_second
        if amount is None:
            sums[here].untold.append(link.source.node.name)
        else:
            sums[here].uplink += amount
    return tuple(
        SiteLoad(
            resolved.graph.sites.get(name or ""),
            tuple(each.nodes),
            each.cores,
            each.memory,
            each.gpus,
            each.uplink,
            tuple(each.silent),
            tuple(each.untold),
        )
        for name, each in sums.items()
    )
