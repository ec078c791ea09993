"""Links as arrows of a circle, and how a circle is told."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from iomt.catalogue.resolved import ResolvedLink
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


class LinkArrow(NamedTuple):
    """A link, from the node that gives to the node that takes."""

    start: str
    end: str
    link: ResolvedLink

    @property
    def span(self) -> Span:
        """The node that takes, as the link names it."""
        return self.link.link.target.span

    @property
    def told(self) -> str:
        """The link in words."""
        return f"{self.start} -> {self.end}"


def link_arrows(links: Iterable[ResolvedLink]) -> Iterator[LinkArrow]:
    """Every link that leads to another node, in the order of the file (`self-link` tells the others)."""
    for link in links:
        ends = link.link
        if link.source is not link.target:
            yield LinkArrow(ends.source.node, ends.target.node, link)


def around(others: Sequence[Step], closing: Step) -> str:
    """The whole circle, ``gate -> people -> siren -> gate``, beginning where it is closed."""
    names = [closing.end, *(each.end for each in others)]
    if len(names) > _MOST:
        names = [*names[: _MOST - 1], f"({len(names) - _MOST} more)", names[-1]]
    return " -> ".join([*names, closing.end])


def places(others: Sequence[Step]) -> tuple[Related, ...]:
    """The places of the other arrows, in the order of the circle."""
    return tuple(Related(each.span, each.told) for each in others[:_MOST])
