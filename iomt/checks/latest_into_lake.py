"""A link into a storage that may lose what should be stored."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def latest_into_lake(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Only where the author wrote it: by default a storage reads durably."""
    for link, *_ in resolved.alike_links:  # one that is written alike has no keys
        if link.link.delivery == "latest" and link.target.kind == "MStorage":
            message = f"{link.target.name} would store what it has time for: a latest link drops the rest"
            span = link.link.spans.get("delivery", link.link.span)
            help_text = "remove it: a storage reads durably, and loses nothing"
            if link.transport == "http":
                help_text = "remove delivery and transport: a storage reads durably, and loses nothing"
            yield Finding("latest-into-lake", message, span, help_text, severity=Severity.WARNING)
