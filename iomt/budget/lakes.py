"""What storages take a day, and what they hold in the end."""

from dataclasses import dataclass

from iomt.budget.flows import Flows, joined
from iomt.budget.option_meanings import Meanings
from iomt.catalogue.resolved import Resolved, ResolvedNode

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Lake:
    """One storage. ``retain`` is seconds, None for ever; ``size`` bytes, None for as many as come."""

    node: ResolvedNode
    rate: float | None
    bytes_per_second: float | None
    retain: float | None
    size: int | None

    @property
    def bytes_per_day(self) -> float | None:
        """What comes in a day."""
        return None if self.bytes_per_second is None else self.bytes_per_second * DAY

    @property
    def held(self) -> float | None:
        """Bytes once as much is removed as comes; None where it grows without end or nothing tells."""
        wanted = self.wanted
        if wanted is None or self.size is None:
            return wanted
        return min(wanted, self.size)

    @property
    def wanted(self) -> float | None:
        """Bytes that ``retain`` asks for."""
        if self.bytes_per_second is None or self.retain is None:
            return None
        return self.bytes_per_second * self.retain

    @property
    def lasts(self) -> float | None:
        """Seconds until ``size`` is full."""
        return self.size / self.bytes_per_second if self.size and self.bytes_per_second else None


def lakes(resolved: Resolved, flows: Flows, meanings: Meanings) -> tuple[Lake, ...]:
    """Every storage, in the order of the graph."""
    found = []
    for name, node in resolved.nodes.items():
        if node.node.kind == "MStorage":
            comes = joined([flows.links[number] for number in flows.into[name]])
            found.append(
                Lake(
                    node,
                    comes.rate,
                    comes.bytes_per_second,
                    meanings.duration(node, "retain"),
                    meanings.size(node, "size"),
                )
            )
    return tuple(found)
