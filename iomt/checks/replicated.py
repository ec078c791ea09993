"""Nodes that the author lets run more than once."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Span
from iomt.language.graph import Node


def replicated(resolved: Resolved) -> Iterator[tuple[Node, Span]]:
    """Each with the place where that is written: `replicas`, or `autoscale`."""
    for node in resolved.graph.nodes.values():
        if node.autoscale and node.autoscale.maximum > 1:
            yield node, node.spans.get("autoscale", node.span)
        elif node.replicas is not None and node.replicas > 1:
            yield node, node.spans.get("replicas", node.span)
