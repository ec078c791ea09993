"""A storage that is read and never written."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unwritten_storage(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Its bucket stays empty, and who reads it waits for ever."""
    linked = resolved.ends
    giver = next((each.name for each in resolved.graph.nodes.values() if each.kind == "MSensor"), "NODE")
    nodes = resolved.graph.nodes.values()
    alone = (
        node
        for node in nodes
        if node.kind == "MStorage" and node.name in linked.read and node.name not in linked.fed
    )
    for node in alone:
        message = f"nothing is written into {node.name}, so whoever reads from there waits for ever"
        help_text = f'link something into it, such as "{giver} -> {node.name}"'
        yield Finding("unwritten-storage", message, node.span, help_text, severity=Severity.WARNING)
