"""When a condition over a stream of results fires: once per rising edge, again while it lasts."""

from dataclasses import dataclass

from iomt.contract.condition import Condition
from iomt.contract.results import Result

_SECOND = 1_000_000_000
_SILENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Firing:
    """The condition fired on ``result``; it has been true since the capture time ``since_ns``."""

    result: Result
    since_ns: int


@dataclass(slots=True)
class _Track:
    newest_ns: int
    since_ns: int | None = None
    fired_ns: int | None = None


class Watch:
    """Follows a condition for every source, by the capture times of the results.

    Time is that of the pictures, not of their arrival: what fires does not depend on how slow the
    model or the network is. Results that are not newer than the newest seen change nothing. Two
    analyzers of one source are followed apart, so that neither resets the other, and so are the parts
    (crops) of its frames. When nothing came
    for longer than ten seconds (and the hold time), what held before the silence proves nothing,
    and the hold time starts anew.

    Without a condition every result fires, or one in ``every_seconds``.
    """

    def __init__(self, condition: Condition | None, every_seconds: float | None = None) -> None:
        self._condition = condition
        if condition is None and every_seconds is None:
            every_seconds = 0.0
        self._every_ns = None if every_seconds is None else round(every_seconds * _SECOND)
        hold = condition.hold_seconds if condition else 0.0
        self._hold_ns = round(hold * _SECOND)
        self._silence_ns = round(max(hold, _SILENCE_SECONDS) * _SECOND)
        self._tracks: dict[tuple[str, str, int], _Track] = {}

    def update(self, result: Result) -> Firing | None:
        """Take the next result; what it fires, if it does."""
        key, now = (result.node, result.source, result.part), result.captured_ns
        track = self._tracks.get(key)
        if track is None:
            track = self._tracks[key] = _Track(now)
        elif now <= track.newest_ns:
            return None
        silence, track.newest_ns = now - track.newest_ns, now
        if self._condition is not None and not self._condition.holds(result):
            track.since_ns = track.fired_ns = None
            return None
        if track.since_ns is None or (track.fired_ns is None and silence > self._silence_ns):
            track.since_ns = now
        if now - track.since_ns < self._hold_ns or not self._is_due(track, now):
            return None
        track.fired_ns = now
        return Firing(result, track.since_ns)

    def _is_due(self, track: _Track, now: int) -> bool:
        if track.fired_ns is None:
            return True
        return self._every_ns is not None and now - track.fired_ns >= self._every_ns
