"""A node that nothing is linked to."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unused_node(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """It would run and do nothing."""
    fed, read, *_ = resolved.ends
    alone = [node for name, node in resolved.graph.nodes.items() if name not in fed and name not in read]
    # A node linked to itself alone is a `self-link`.
    linked = {link.source.node for link in resolved.graph.links} if alone else set()
    for node in alone:
        if node.name in linked:
            continue
        message = f"nothing is linked to {node.name}"
        yield Finding(
            "unused-node", message, node.span, "write a link with it, or remove it", severity=Severity.WARNING
        )
