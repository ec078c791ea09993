"""What became of every message: published = delivered + waiting + dropped, for each link.

Durable links are counted by the broker (what its stream holds and what was acknowledged), latest
links by the sequences that readers see. Ledgers of devices outlive their processes, so the sums
hold after a kill -9 too.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from iomt.contract import metrics
from iomt.plan.plan import PlannedLink

Ledgers = Mapping[str, Mapping[str, int]]
"""Ledger values by node."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """A durable link as its broker sees it: ever in the stream, not yet given, not yet acknowledged."""

    stored: int
    pending: int
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """The books of one link. ``unsent`` items died with their publisher before the broker had them."""

    link: PlannedLink
    published: int
    delivered: int
    waiting: int
    dropped: dict[str, int] = field(default_factory=dict)
    redelivered: int = 0
    unsent: int = 0

    @property
    def unexplained(self) -> int:
        """What the books do not explain: 0, or a fault of ours."""
        return self.published - self.delivered - self.waiting - sum(self.dropped.values())


def account(link: PlannedLink, ledgers: Ledgers, backlog: Backlog | None, final: bool) -> LinkAccount:
    """The books of a link now. ``final``: all devices have ended, nothing is on its way any more."""
    source, target = ledgers.get(link.source, {}), ledgers.get(link.target, {})
    dropped = _reasons(target, metrics.DROPPED, "link", link.name)
    if link.delivery == "durable":
        return _durable(link, source, target, backlog or Backlog(0, 0, 0), dropped, final)
    return _latest(link, source, target, dropped, final)


def _durable(
    link: PlannedLink,
    source: Mapping[str, int],
    target: Mapping[str, int],
    backlog: Backlog,
    dropped: dict[str, int],
    final: bool,
) -> LinkAccount:
    def of_port(name: str) -> int:
        return source.get(metrics.key(name, port=link.source_port), 0)

    settled = backlog.stored - backlog.pending - backlog.unacknowledged
    delivered = settled - sum(dropped.values())
    for reason, count in _reasons(source, metrics.OUTPUT_DROPPED, "port", link.source_port).items():
        dropped[reason] = dropped.get(reason, 0) + count
    given = of_port(metrics.PUBLISHED) - of_port(metrics.DEDUPLICATED)
    refused = sum(_reasons(source, metrics.OUTPUT_DROPPED, "port", link.source_port).values())
    on_way = max(0, given - refused - backlog.stored)
    held = 0 if final else on_way  # an ended process keeps nothing for later
    return LinkAccount(
        link=link,
        published=backlog.stored + refused + held,
        delivered=delivered,
        waiting=held + backlog.pending + backlog.unacknowledged,
        dropped=dropped,
        redelivered=target.get(metrics.key(metrics.REDELIVERED, link=link.name), 0),
        unsent=on_way - held,
    )


def _latest(
    link: PlannedLink,
    source: Mapping[str, int],
    target: Mapping[str, int],
    dropped: dict[str, int],
    final: bool,
) -> LinkAccount:
    published = source.get(metrics.key(metrics.PUBLISHED, port=link.source_port), 0)
    delivered = target.get(metrics.key(metrics.DELIVERED, link=link.name), 0)
    seen = target.get(metrics.key(metrics.SEEN, link=link.name), 0)
    on_way = max(0, published - seen)
    in_hand = max(0, seen - delivered - sum(dropped.values()))
    if final:
        # Nobody takes these any more.
        for reason, count in ((metrics.AWAY, on_way), (metrics.CRASH, in_hand)):
            if count:
                dropped[reason] = dropped.get(reason, 0) + count
        on_way = in_hand = 0
    return LinkAccount(link, published, delivered, on_way + in_hand, dropped)


def _reasons(values: Mapping[str, int], name: str, label: str, value: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key, count in values.items():
        if count and key.startswith(name):
            _, labels = metrics.split(key)
            if labels.get(label) == value:
                found[labels["reason"]] += count
    return dict(found)
