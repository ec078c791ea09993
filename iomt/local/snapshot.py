"""The state of a run at one moment, as figures: for the table, the summary and ``--json``."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from iomt.contract import metrics
from iomt.local.accounts import Backlog, LinkAccount, account
from iomt.local.nodes import Health
from iomt.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """One node: ``rate`` is items per second published or handled.

    ``model_ms`` and ``age`` (seconds since the newest published item was captured) are None where
    there are none.
    """

    name: str
    kind: str
    health: Health
    restarts: int
    rate: float
    model_ms: float | None
    age: float | None


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """One link: its books, and messages per second published since the snapshot before."""

    account: LinkAccount
    rate: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of it. ``ledgers`` and ``taken`` are what the next snapshot is compared with."""

    nodes: tuple[NodeFigures, ...]
    links: tuple[LinkFigures, ...]
    ledgers: Mapping[str, Mapping[str, int]]
    taken: float


def snapshot(
    plan: Plan,
    ledgers: Mapping[str, Mapping[str, int]],
    health: Mapping[str, tuple[Health, int]],
    backlogs: Mapping[str, Backlog],
    before: Snapshot | None,
    final: bool = False,
) -> Snapshot:
    """Figures now, rates against the snapshot ``before``."""
    taken = time.monotonic()
    seconds = taken - before.taken if before else 0.0
    earlier = before.ledgers if before else {}
    accounts = [account(link, ledgers, backlogs.get(link.name), final) for link in plan.links]
    published = (
        {figures.account.link.name: figures.account.published for figures in before.links} if before else {}
    )
    return Snapshot(
        nodes=tuple(
            _node(device.name, device.kind, health[device.name], ledgers, earlier, seconds)
            for device in plan.devices
        ),
        links=tuple(
            LinkFigures(each, _rate(each.published - published.get(each.link.name, 0), seconds))
            for each in accounts
        ),
        ledgers=ledgers,
        taken=taken,
    )


def _node(
    name: str,
    kind: str,
    health: tuple[Health, int],
    ledgers: Mapping[str, Mapping[str, int]],
    earlier: Mapping[str, Mapping[str, int]],
    seconds: float,
) -> NodeFigures:
    now, then = ledgers.get(name, {}), earlier.get(name, {})
    counted = metrics.DELIVERED if kind in ("MStorage", "MActuator") else metrics.PUBLISHED
    runs = now.get(metrics.MODEL_RUNS, 0) - then.get(metrics.MODEL_RUNS, 0)
    spent = now.get(metrics.MODEL_SECONDS, 0) - then.get(metrics.MODEL_SECONDS, 0)
    newest = max((value for key, value in now.items() if key.startswith(metrics.NEWEST)), default=0)
    return NodeFigures(
        name=name,
        kind=kind,
        health=health[0],
        restarts=health[1],
        rate=_rate(_sum(now, counted) - _sum(then, counted), seconds),
        model_ms=spent / runs / 1e6 if runs else None,
        age=max(0.0, (time.time_ns() - newest) / 1e9) if newest else None,
    )


def _sum(values: Mapping[str, int], name: str) -> int:
    return sum(value for key, value in values.items() if key.startswith(name))


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
