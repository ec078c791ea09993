"""An analyzer whose results nobody reads."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.ends import ends
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unread_analyzer(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """The most costly way to do nothing."""
    linked = ends(resolved.graph)
    for name, node in resolved.graph.nodes.items():
        if node.kind == "MAnalyzer" and name in linked.fed and name not in linked.read:
            message = f"nobody reads what {name} finds"
            help_text = f'link it to a storage, an alarm or a screen: "{name} -> NODE"; or remove it'
            yield Finding("unread-analyzer", message, node.span, help_text, severity=Severity.WARNING)
