"""An analyzer whose results nobody reads."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unread_analyzer(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """The most costly way to do nothing."""
    linked = resolved.ends
    nodes = resolved.graph.nodes.values()
    alone = (
        node
        for node in nodes
        if node.kind == "MAnalyzer" and node.name in linked.fed and node.name not in linked.read
    )
    for node in alone:
        message = f"nobody reads what {node.name} finds"
        help_text = f'link it to a storage, an alarm or a screen: "{node.name} -> NODE"; or remove it'
        yield Finding("unread-analyzer", message, node.span, help_text, severity=Severity.WARNING)
