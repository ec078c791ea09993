"""What an analyzer has to do, and what it can."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from iomt.budget.flow import Flow
from iomt.catalogue.resolved import ResolvedLink, ResolvedNode

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Load:
    """One analyzer. Rates are messages per second, None where nothing tells.

    ``arrives`` is all that comes, ``durable`` the part of it that must not be dropped, ``handled``
    what is left after the newest took the place of older ones. ``places`` is how many sources come over
    latest links: each keeps its newest, and they take turns.
    """

    node: ResolvedNode
    arrives: float | None
    durable: float | None
    handled: float | None
    places: int
    replicas: int

    @property
    def seconds(self) -> float | None:
        """What one message takes."""
        return self.node.profile.seconds

    @property
    def busy(self) -> float | None:
        """Model seconds per second, if every message were handled."""
        return None if self.arrives is None or self.seconds is None else self.arrives * self.seconds

    @property
    def needed(self) -> int | None:
        """Replicas that handle every message."""
        return None if self.busy is None else replicas_for(self.busy)

    @property
    def utilisation(self) -> float | None:
        """The part of its time that it works; above 1 something waits or is dropped."""
        return None if self.busy is None else self.busy / self.replicas


def replicas_for(busy: float) -> int:
    """N = ceil(rate x seconds); at least one."""
    return max(1, math.ceil(busy - _ROUNDING))


def replicas_of(node: ResolvedNode) -> int:
    """How many run, at most where their number follows the load."""
    if node.node.autoscale is not None:
        return max(1, node.node.autoscale.maximum)
    return 1 if node.node.replicas is None else max(1, node.node.replicas)


def load(node: ResolvedNode, incoming: Iterable[tuple[ResolvedLink, Flow, int]]) -> Load:
    """``incoming`` are its links, what they carry, and of how many sources that is."""
    latest: float | None = 0.0
    durable: float | None = 0.0
    places = 0
    for link, flow, sources in incoming:
        if link.delivery == "durable":
            durable = None if durable is None or flow.rate is None else durable + flow.rate
        else:
            places += sources
            latest = None if latest is None or flow.rate is None else latest + flow.rate
    replicas, seconds = replicas_of(node), node.profile.seconds
    arrives = None if latest is None or durable is None else latest + durable
    if arrives is None:
        handled = None
    elif seconds is not None:
        handled = min(arrives, replicas / seconds)
    else:
        handled = arrives if not places else None
    return Load(node, arrives, durable, handled, places, replicas)
