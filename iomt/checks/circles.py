"""Circles in a graph, each as the arrows that make it; no arrow stands in two of them.

networkx would find them too, and its import alone takes longer than a whole check.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar


class Arrow(Protocol):
    """What leads from one name to another."""

    @property
    def start(self) -> str: ...  # noqa: D102
    @property
    def end(self) -> str: ...  # noqa: D102


A = TypeVar("A", bound=Arrow)


def circles(arrows: Iterable[A]) -> Iterator[list[A]]:
    """Every circle in turn, without those that share an arrow with an earlier one.

    One walk that takes each arrow once, so its time is that of reading the arrows: it goes on until it
    comes to a name where it has been, gives the arrows since then, and goes on from that name; where
    no arrow leads on it goes back. Arrows to the same name are tried in the order given.
    """
    leaving: dict[str, list[A]] = {}
    for arrow in arrows:
        leaving.setdefault(arrow.start, []).append(arrow)
    for waiting in leaving.values():
        waiting.reverse()
    for start in leaving:
        yield from _from(start, leaving)


def _from(start: str, leaving: dict[str, list[A]]) -> Iterator[list[A]]:
    walked: list[A] = []
    depth = {start: 0}
    at = start
    while True:
        waiting = leaving.get(at)
        if waiting:
            arrow = waiting.pop()
            walked.append(arrow)
            if arrow.end not in depth:
                at = arrow.end
                depth[at] = len(walked)
                continue
            at = arrow.end
            circle = walked[depth[at] :]
            del walked[depth[at] :]
            for each in circle[1:]:
                del depth[each.start]
            yield circle
        elif walked:
            del depth[at]
            at = walked.pop().start
        else:
            return
