"""Which nodes something is linked into, and which something is linked from, as the author wrote it.

Links that cannot be are among them: what is wrong with them is told, and is no second mistake here.
"""

from typing import NamedTuple

from iomt.language.graph import Graph


class Ends(NamedTuple):
    """Names of nodes; a link from a node to itself counts for neither."""

    fed: frozenset[str]
    read: frozenset[str]


def ends(graph: Graph) -> Ends:
    """``fed`` have a link into them, ``read`` one out of them."""
    links = [each for each in graph.links if each.source.node != each.target.node]
    return Ends(frozenset(each.target.node for each in links), frozenset(each.source.node for each in links))
