"""What flows over one link."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """Messages per second and bytes of one message on average; None where nothing tells.

    A budget has one for each of `Resolved.links`, in the same order.
    """

    rate: float | None = None
    bytes_each: float | None = None

    @property
    def bytes_per_second(self) -> float | None:
        """Both known, or None."""
        return None if self.rate is None or self.bytes_each is None else self.rate * self.bytes_each
