"""An analyzer that must handle every message and has not the time for it."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.checks.reckoning import Reckoning
from iomt.diagnostics.finding import Finding, Related


def slow_analyzer(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """Rate x seconds is more than its replicas; what waits in the broker grows until nothing has room."""
    first: dict[str, ResolvedLink] = {}
    every = resolved.links if any(_must_handle(links[0]) for links in resolved.alike_links) else ()
    for link in every:
        if _must_handle(link):
            first.setdefault(link.target.name, link)
    for name, link in first.items():
        load = reckoning.budget.flows.loads[name]
        if load.durable is None or load.seconds is None:
            continue
        from iomt.budget.amounts import digits, duration, rate
        from iomt.budget.load import replicas_for

        busy = load.durable * load.seconds
        needed = replicas_for(busy)
        if needed <= load.replicas:
            continue
        has = f"{load.replicas} replica" + "s" * (load.replicas > 1)
        message = (
            f"{name} cannot keep up: {rate(load.durable)} of {duration(load.seconds)} each are "
            f"{digits(busy)} model seconds per second, and it has {has}"
        )
        help_text = (
            f"write replicas: {needed}, ask for less with max_rate, or make the link latest: "
            "that drops what is too old"
        )
        span = link.link.spans.get("delivery", link.link.target.span)
        yield Finding(
            "slow-analyzer", message, span, help_text, (Related(link.target.node.span, "the analyzer"),)
        )


def _must_handle(link: ResolvedLink) -> bool:
    return link.delivery == "durable" and link.target.kind == "MAnalyzer"
