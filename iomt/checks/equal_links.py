"""The same link twice: each item would arrive twice, and its counts would be mixed up."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.diagnostics.finding import Finding, Related
from iomt.language.source import SourceText


def equal_links(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Two links between the same two ports, however they are written."""
    if resolved.ends.are_once:  # as nearly always
        return
    first: dict[tuple[str, str, str, str], ResolvedLink] = {}
    for link in resolved.links:
        key = (link.source.name, link.source_port.name, link.target.name, link.target_port.name)
        if key in first:
            message = f"{key[0]}.{key[1]} is linked to {key[2]}.{key[3]} twice"
            once, again = first[key].link.target.span, link.link.target.span
            if once == again:  # [a, a] -> b: the two ends that differ are those at the left
                once, again = first[key].link.source.span, link.link.source.span
            related = (Related(once, "the first time"),)
            yield Finding("equal-links", message, again, "remove one of the two", related)
        first.setdefault(key, link)
