"""Links as arrows of a circle, and how a circle is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.diagnostics.finding import Related, Span

_MOST = 12
"""Names and places that are shown of a long circle."""


class Step(Protocol):
    """One arrow of a circle, and where the graph says so."""

    @property
    def start(self) -> str: ...  # noqa: D102
    @property
    def end(self) -> str: ...  # noqa: D102
    @property
    def span(self) -> Span: ...  # noqa: D102
    @property
    def told(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class LinkArrow:
    """A link; one to the node itself is no arrow (`self-link` tells it)."""

    link: ResolvedLink

    @property
    def start(self) -> str:
        """The node that gives."""
        return self.link.link.source.node

    @property
    def end(self) -> str:
        """The node that takes."""
        return self.link.link.target.node

    @property
    def span(self) -> Span:
        """The node that takes, as the link names it."""
        return self.link.link.target.span

    @property
    def told(self) -> str:
        """The link in words."""
        return f"{self.start} -> {self.end}"


def link_arrows(resolved: Resolved) -> Iterator[LinkArrow]:
    """Every link that leads to another node, in the order of the file."""
    return (LinkArrow(each) for each in resolved.links if each.source is not each.target)


def around(others: Sequence[Step], closing: Step) -> str:
    """The whole circle, ``gate -> people -> siren -> gate``, beginning where it is closed."""
    names = [closing.end, *(each.end for each in others)]
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"({len(names) - _MOST} more)", names[-1]]
    return " -> ".join([*names, closing.end])


def places(others: Sequence[Step]) -> tuple[Related, ...]:
    """The places of the other arrows, in the order of the circle."""
    return tuple(Related(each.span, each.told) for each in others[:_MOST])
