"""A `buffer` in the unit of the other kind of link."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def buffer_unit(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A latest link keeps a number of messages, a durable one a number of bytes."""
    for link in resolved.links:
        if link.buffer is None or (link.delivery == "durable") == link.link.buffer_in_bytes:
            continue
        if link.delivery == "durable":
            message = "the buffer of a durable link is a size, found a number of messages"
            help_text = "write for example buffer: 2Gi"
        else:
            message = "the buffer of a latest link is a number of messages, found a size"
            help_text = "write for example buffer: 4"
        yield Finding("buffer-unit", message, link.link.spans.get("buffer", link.link.span), help_text)
