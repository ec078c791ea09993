"""``max_rate`` of a link: which messages pass."""


class Thinning:
    """Lets at most ``rate`` messages a second pass, evenly; all of them at rate 0.

    Times are those of arrival: a link may carry several sources whose capture times interleave.
    """

    def __init__(self, rate: float) -> None:
        self._interval_ns = int(1e9 / rate) if rate else 0
        self._due_ns = 0

    def passes(self, now_ns: int) -> bool:
        """Whether a message that comes now (monotonic clock) may go on."""
        if not self._interval_ns:
            return True
        if now_ns < self._due_ns:
            return False
        # Kept on its own grid, so that 30/s thinned to 20/s gives 20 and not 15.
        self._due_ns = max(self._due_ns, now_ns - self._interval_ns) + self._interval_ns
        return True
