"""A promise of freshness that the way of the media cannot keep."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.reckoning import Reckoning
from iomt.diagnostics.finding import Finding


def latency_promise(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """What is known of the slowest way to a link's end is longer than its ``latency`` already."""
    if all(links[0].link.latency is None for links in resolved.alike_links):
        return
    for number, link in enumerate(resolved.links):
        promised = link.link.latency
        if promised is None:
            continue
        path = reckoning.budget.latencies.path(number)
        if path.seconds <= promised:
            continue
        from iomt.budget.amounts import duration

        way = " -> ".join(path.nodes)
        takes = "a queue on it grows" if path.seconds == float("inf") else "it takes"
        message = f"{way} promises {duration(promised)}, and {takes} {duration(path.seconds)}"
        known = [(part, part.seconds) for part in path.parts if part.seconds is not None]
        parts = ", ".join(f"{part.what} {part.at} {duration(seconds)}" for part, seconds in known)
        span = link.link.spans.get("latency", link.link.span)
        yield Finding("latency-promise", message, span, f"its parts are {parts}")
