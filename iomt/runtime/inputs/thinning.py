"""``max_rate`` of a link: which messages pass."""


class Thinning:
    """Lets at most ``rate`` messages a second pass, evenly, by their capture times."""

    def __init__(self, rate: float) -> None:
        self._interval_ns = int(1e9 / rate) if rate else 0
        self._due_ns = 0

    def passes(self, captured_ns: int) -> bool:
        """Whether this message may go on."""
        if captured_ns < self._due_ns:
            return False
        # Kept on its own grid, so that 30/s thinned to 20/s gives 20 and not 15.
        self._due_ns = max(self._due_ns, captured_ns - self._interval_ns) + self._interval_ns
        return True
