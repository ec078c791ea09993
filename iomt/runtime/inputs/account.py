"""Exact counts of one incoming link, kept in the ledger."""

import bisect
import time

from iomt.contract import metrics
from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger

_REASONS = (
    metrics.REPLACED,
    metrics.MAX_RATE,
    metrics.AWAY,
    metrics.SHARED,
    metrics.CRASH,
    metrics.UNREADABLE,
    metrics.GAVE_UP,
)


class Account:
    """What both deliveries count: handled, dropped by reason, age."""

    def __init__(self, ledger: Ledger, link: str) -> None:
        self.ledger = ledger
        self.link = link
        self._delivered = metrics.key(metrics.DELIVERED, link=link)
        self._dropped = {each: metrics.key(metrics.DROPPED, link=link, reason=each) for each in _REASONS}
        self._ages = [
            metrics.key(metrics.AGE_BUCKET, link=link, le=str(edge))
            for edge in (*metrics.AGE_EDGES, float("inf"))
        ]
        ledger.add(self._delivered, 0)

    def delivered(self, envelope: Envelope) -> None:
        """The effect of this message is done."""
        self.ledger.add(self._delivered)
        age = (time.time_ns() - envelope.captured_ns) / 1e9
        self.ledger.add(self._ages[bisect.bisect_left(metrics.AGE_EDGES, age)])

    def dropped(self, reason: str, count: int = 1) -> None:
        """So many messages end here without effect."""
        self.ledger.add(self._dropped[reason], count)

    def settled(self) -> int:
        """Messages that are delivered or dropped."""
        return self.ledger.get(self._delivered) + sum(map(self.ledger.get, self._dropped.values()))


class LatestAccount(Account):
    """A live link: sequences tell what never arrived, so that published = delivered + waiting + dropped."""

    def __init__(self, ledger: Ledger, link: str) -> None:
        super().__init__(ledger, link)
        self._seen = metrics.key(metrics.SEEN, link=link)
        self._epoch = metrics.key(metrics.SEEN_EPOCH, link=link)
        self._sequence = metrics.key(metrics.SEEN_SEQUENCE, link=link)
        self._duplicate = metrics.key(metrics.DUPLICATE, link=link)
        # What the process before this one had taken and not finished died with it.
        self.dropped(metrics.CRASH, ledger.get(self._seen) - self.settled())

    def arrived(self, envelope: Envelope, gap_reason: str = metrics.AWAY) -> bool:
        """Count a message in; False for one seen before. A gap before it is dropped with the reason."""
        ledger = self.ledger
        last = ledger.get(self._sequence)
        if ledger.get(self._epoch) != envelope.epoch:
            ledger.set(self._epoch, envelope.epoch)
            last = 0
        if envelope.sequence <= last:
            ledger.add(self._duplicate)
            return False
        ledger.set(self._sequence, envelope.sequence)
        ledger.add(self._seen, envelope.sequence - last)
        if envelope.sequence - last > 1:
            self.dropped(gap_reason, envelope.sequence - last - 1)
        return True


class DurableAccount(Account):
    """A durable link: the broker keeps the books, this side counts redeliveries and retries."""

    def __init__(self, ledger: Ledger, link: str) -> None:
        super().__init__(ledger, link)
        self._redelivered = metrics.key(metrics.REDELIVERED, link=link)
        self._retried = metrics.key(metrics.RETRIED, link=link)
        ledger.add(self._redelivered, 0)

    def redelivered(self) -> None:
        """The broker gave a message again."""
        self.ledger.add(self._redelivered)

    def retried(self) -> None:
        """A message was handed back after a failure."""
        self.ledger.add(self._retried)
