"""What a picture of a graph shows, whatever it is drawn with: boxes, arrows and sites.

A group of nodes that one entry of the file made (``each``) is one box with its count when it has
more than six of them: fifty equal cameras would hide everything else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from iomt.budget.amounts import rate, size
from iomt.budget.flow import Flow
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.contract.delivery import Delivery
from iomt.contract.media import short_name

MOST_SHOWN = 6
"""So many nodes of one entry are drawn one by one."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: ``key`` names it among the others, ``what`` is its device or model, ``count`` how many
    nodes it stands for.
    """

    key: str
    kind: str
    what: str
    site: str | None = None
    count: int = 1

    @property
    def name(self) -> str:
        """What stands in its first line."""
        return self.key if self.count == 1 else f"{self.key} × {self.count}"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow between two boxes: what flows, and how much of it, empty where nobody knows.

    ``count`` is how many links it stands for.
    """

    source: str
    target: str
    delivery: Delivery
    label: str
    amount: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it; ``sites`` are those that have a box, in the order of the graph."""

    name: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    sites: tuple[str, ...] = ()


def picture(resolved: Resolved, flows: Sequence[Flow] = ()) -> Picture:
    """What is to be drawn. ``flows``: one for each of the links, in their order, or none at all."""
    keys = _keys(resolved)
    counts = Counter(keys.values())
    boxes: dict[str, Box] = {}
    for node in resolved.nodes.values():
        key = keys[node.name]
        boxes.setdefault(key, Box(key, node.kind, _what(node), node.node.site, counts[key]))
    sites = dict.fromkeys([*resolved.graph.sites, *(box.site for box in boxes.values() if box.site)])
    shown = {box.site for box in boxes.values()}
    return Picture(
        resolved.graph.name,
        tuple(boxes.values()),
        _arrows(resolved, flows, keys),
        tuple(site for site in sites if site in shown),
    )


def _keys(resolved: Resolved) -> dict[str, str]:
    """The box of each node: its own, or that of its group."""
    groups = {name: (node.node.entry or name, node.node.site) for name, node in resolved.nodes.items()}
    sizes = Counter(groups.values())
    inside = {
        groups[link.source.name]
        for link in resolved.links
        if groups[link.source.name] == groups[link.target.name]
    }
    entries = Counter(entry for entry, _ in sizes)
    drawn_one_by_one = {
        group
        for group, size in sizes.items()
        # A group of several sites is a box at each, and they need names of their own.
        if size <= MOST_SHOWN or group in inside or entries[group[0]] > 1
    }
    taken = {name for name, group in groups.items() if group in drawn_one_by_one}
    return {
        name: name if group in drawn_one_by_one or group[0] in taken else group[0]
        for name, group in groups.items()
    }


def _what(node: ResolvedNode) -> str:
    model = node.node.model
    if model is None:
        return node.device.name
    # A folder is known by its last part.
    return model.rstrip("/").rpartition("/")[2] if model.startswith((".", "/", "~")) else model


def _arrows(resolved: Resolved, flows: Sequence[Flow], keys: dict[str, str]) -> tuple[Arrow, ...]:
    groups: dict[tuple[str, str, Delivery, str], list[Flow]] = {}
    for number, link in enumerate(resolved.links):
        place = (keys[link.source.name], keys[link.target.name], link.delivery, _label(link))
        groups.setdefault(place, []).append(flows[number] if flows else Flow())
    return tuple(Arrow(*place, amount(_together(several)), len(several)) for place, several in groups.items())


def _together(flows: list[Flow]) -> Flow:
    """Several flows as one; unknown where one of them is."""
    if len(flows) == 1:
        return flows[0]
    rates = [flow.rate for flow in flows if flow.rate is not None]
    totals = [total for flow in flows if (total := flow.bytes_per_second) is not None]
    if len(rates) < len(flows):
        return Flow()
    total = sum(rates)
    return Flow(total, sum(totals) / total if len(totals) == len(flows) and total else None)


def amount(flow: Flow) -> str:
    """``10/s, 240 kB/s``; less where less is known, empty where nothing is."""
    if flow.rate is None:
        return ""
    total = flow.bytes_per_second
    return rate(flow.rate) + (f", {size(total)}/s" if total is not None else "")


def _label(link: ResolvedLink) -> str:
    label = short_name(link.media)
    return f"{label} over http" if link.transport == "http" else label
