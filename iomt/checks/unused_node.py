"""A node that nothing is linked to."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unused_node(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """It would run and do nothing."""
    linked = {end.node for link in resolved.graph.links for end in (link.source, link.target)}
    nodes = resolved.graph.nodes.values()
    alone = (node for node in nodes if node.name not in linked)
    for node in alone:
        message = f"nothing is linked to {node.name}"
        yield Finding(
            "unused-node", message, node.span, "write a link with it, or remove it", severity=Severity.WARNING
        )
