"""Transports that cannot do what the link asks of them."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def bad_transport(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A bucket is read from a storage and from nothing else; http keeps nothing for later."""
    for links in resolved.alike_links:
        for link in links if _problem(links[0]) else ():
            if problem := _problem(link):
                message, help_text = problem
                span = link.link.spans.get("transport", link.link.span)
                yield Finding("bad-transport", message, span, help_text)


def _problem(link: ResolvedLink) -> tuple[str, str] | None:
    from_storage = link.source.kind == "MStorage"
    if link.transport == "bucket" and not from_storage:
        return (
            f"{link.source.name} is no storage and has no bucket to read",
            "write transport: nats, or remove it",
        )
    if link.transport != "bucket" and from_storage:
        return (
            f"{link.source.name} is a storage: it is read from its bucket",
            "write transport: bucket, or remove it",
        )
    if link.transport == "http" and link.delivery == "durable":
        return (
            "a durable link cannot go over http, which keeps nothing",
            "write delivery: latest, or transport: nats",
        )
    return None
