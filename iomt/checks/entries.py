"""Several nodes of one entry (`each`) are one mistake: told once, at the place that they share."""

from collections.abc import Iterable, Iterator

from iomt.language.graph import Node
from iomt.language.suggest import one_of

_MOST = 3


def by_entry(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """What people call the nodes of each entry, ``cam-1, cam-2, cam-3 and 47 more``, and the first."""
    entries: dict[str, list[Node]] = {}
    for node in nodes:
        entries.setdefault(entry_of(node), []).append(node)
    for same in entries.values():
        yield one_of((each.name for each in same), "and", _MOST), same[0]


def entry_of(node: Node) -> str:
    """The name that the author wrote."""
    return node.entry or node.name
