"""A lake that is full before its time."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.reckoning import Reckoning
from iomt.diagnostics.finding import Finding, Severity


def lake_overflow(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """``retain`` x rate is more than ``size``. A warning: how large a picture is depends on the scene."""
    # It takes two options, one to keep for a time and one for a size; most lakes have one at most.
    if not any(node.kind == "MStorage" and len(node.options) > 1 for node in resolved.nodes.values()):
        return
    for lake in reckoning.budget.lakes:
        if lake.wanted is None or lake.size is None or lake.wanted <= lake.size:
            continue
        from iomt.budget.amounts import duration, size

        assert lake.retain
        assert lake.bytes_per_second
        assert lake.lasts
        message = (
            f"{lake.node.name} gets {size(lake.bytes_per_second)}/s, so {duration(lake.retain)} of it are "
            f"{size(lake.wanted)}, and it has room for {size(lake.size)}: "
            f"the oldest go after {duration(lake.lasts)}"
        )
        span = lake.node.node.option_spans.get(("size",), lake.node.node.span)
        help_text = "give it more room, keep it for less time, or store less of it with max_rate"
        yield Finding("lake-overflow", message, span, help_text, severity=Severity.WARNING)
