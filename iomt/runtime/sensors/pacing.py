"""The clock of a recording: gives its items when its own timestamps say so, like a live source."""

import time
from collections.abc import Callable

_LATEST = 2.0
"""Seconds behind. Later than that (a laptop that slept) the clock starts anew instead of giving
everything that was missed in one burst."""


class Pacer:
    """Waits until an item is due. One pacer serves all loops of a clip.

    The due time of every item is counted from one start on a monotonic clock, so that the time an
    item takes to be handled, or one late wake-up, never adds up to a drift. ``longest_step`` is in
    seconds: a longer gap in the timestamps (a broken or joined file) is shortened to it, since the
    shell would take the source for stalled (it waits 5 s for a picture).
    """

    def __init__(
        self,
        longest_step: float = 4.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._longest_step = longest_step
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None
        self._due = 0.0
        self._last: float | None = None

    def restart(self, lead: float = 0.0) -> None:
        """The clip begins again: its first item is due ``lead`` seconds after the last one was."""
        self._last = None
        self._due += lead

    def wait(self, seconds: float) -> None:
        """Return when the item at ``seconds`` of the clip is due; the first one is due at once."""
        if self._last is not None:
            # A timestamp that goes back is taken as no step: no item is skipped for it.
            self._due += min(max(seconds - self._last, 0.0), self._longest_step)
        self._last = seconds
        now = self._clock()
        if self._start is None:
            self._start = now - self._due
        early = self._start + self._due - now
        if early > 0:
            self._sleep(early)
        elif early < -_LATEST:
            self._start = now - self._due
