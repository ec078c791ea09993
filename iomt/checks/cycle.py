"""Links that lead back to where they began."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText

if TYPE_CHECKING:
    from iomt.checks.arrows import LinkArrow


def cycle(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """What goes in would go round for ever; a circle through an actuator is a `feedback-loop`."""
    fed, read, *_ = resolved.ends
    # No circle goes through a node without a link into it or out of it, and most nodes are such.
    if not any(
        link.link.source.node in fed and link.link.target.node in read
        for links in resolved.alike_links
        if links[0].source.device.accepts and links[0].target.device.produces
        for link in links
    ):
        return
    between = [
        link for link in resolved.links if link.link.source.node in fed and link.link.target.node in read
    ]
    from iomt.checks.arrows import around, link_arrows, places
    from iomt.checks.circles import circles

    steps = [each for each in link_arrows(between) if each.link.target.kind != "MActuator"]
    for circle in circles(steps):
        closing, *others = _from_the_last(circle)
        message = f"{around(others, closing)}: what goes in goes round for ever"
        yield Finding(
            "cycle",
            message,
            closing.span,
            "remove the link that leads back, which is likely the one marked here",
            places(others),
        )


def _from_the_last(circle: list["LinkArrow"]) -> list["LinkArrow"]:
    """The arrow that stands last in the file, which closed the circle, and then the way round."""
    last = max(range(len(circle)), key=lambda number: circle[number].span)
    return circle[last:] + circle[:last]
