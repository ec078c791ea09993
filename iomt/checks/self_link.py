"""A node linked to itself."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Related
from iomt.language.source import SourceText


def self_link(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """What it gives would come back to it for ever."""
    for link in resolved.ends.to_itself:
        message = f"{link.source.node} is linked to itself"
        related = (Related(link.source.span, "the same node"),)
        yield Finding("self-link", message, link.target.span, "link it to another node", related)
