"""An alarm that hears only the newest, and nobody knows how often."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.checks.reckoning import Reckoning
from iomt.diagnostics.finding import Finding, Severity


def unknown_alarm_rate(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """A latest link to an actuator whose links are durable by default: whether it misses what matters
    depends on a rate that nothing tells.
    """
    if not any(_may_miss(links[0]) for links in resolved.alike_links):
        return
    for number, link in enumerate(resolved.links):
        if not _may_miss(link) or reckoning.budget.links[number].rate is not None:
            continue
        message = (
            f"{link.target.name} hears only the newest of {link.source.name}, "
            "and how often that comes is not known"
        )
        help_text = (
            "leave out delivery: latest, so that it hears all; or write max_rate; or measure the rate: "
            "see what `iomt plan` does not know"
        )
        span = link.link.spans.get("delivery", link.link.target.span)
        yield Finding("unknown-alarm-rate", message, span, help_text, severity=Severity.HINT)


def _may_miss(link: ResolvedLink) -> bool:
    is_alarm = link.target.kind == "MActuator" and link.target_port.delivery == "durable"
    return is_alarm and link.delivery == "latest" and not link.max_rate
