"""A node that waits for what never comes."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText

_KINDS = {"MAnalyzer", "MActuator"}
"""Sensors give without being given; `unwritten-storage` tells of storages."""


def unreached_node(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Something reads it and nothing is linked into it.

    Told of the first node of a way alone: what comes after it waits for the same reason. A circle
    that no sensor leads into is a `cycle`, and a node without any link an `unused-node`.
    """
    linked = resolved.ends
    nodes = resolved.graph.nodes.values()
    alone = (
        node
        for node in nodes
        if node.kind in _KINDS and node.name in linked.read and node.name not in linked.fed
    )
    for node in alone:
        message = f"nothing is linked into {node.name}, so nothing ever comes out"
        help_text = f'link a sensor or a storage into it: "NODE -> {node.name}"'
        yield Finding("unreached-node", message, node.span, help_text, severity=Severity.WARNING)
