"""A storage that is read and never written."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.ends import ends
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unwritten_storage(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Its bucket stays empty, and who reads it waits for ever."""
    linked = ends(resolved.graph)
    giver = next((each.name for each in resolved.graph.nodes.values() if each.kind == "MSensor"), "NODE")
    for name, node in resolved.graph.nodes.items():
        if node.kind == "MStorage" and name in linked.read and name not in linked.fed:
            message = f"nothing is written into {name}, so whoever reads it finds it empty"
            help_text = f'link something into it, such as "{giver} -> {name}"'
            yield Finding("unwritten-storage", message, node.span, help_text, severity=Severity.WARNING)
