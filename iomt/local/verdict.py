"""What makes a run's exit code 1."""

from collections.abc import Iterator

from iomt.local.accounts import LinkAccount
from iomt.local.snapshot import Snapshot
from iomt.plan.plan import Plan


def faults(plan: Plan, last: Snapshot, data_is_kept: bool) -> tuple[str, ...]:
    """One line for each promise that was not kept, with the graph's line; empty if all were."""
    sensors = {device.name for device in plan.devices if device.kind == "MSensor"}
    found: list[str] = []
    for node in last.nodes:
        if node.health.state in ("failed", "restarting", "starting"):
            detail = node.health.detail or node.health.state
            found.append(f"{plan.device(node.name).origin}: {node.name}: {detail}")
    for figures in last.links:
        found += _of_link(figures.account, figures.account.link.source in sensors, data_is_kept)
    return tuple(found)


def _of_link(books: LinkAccount, from_sensor: bool, data_is_kept: bool) -> Iterator[str]:
    link = books.link
    if books.unexplained:
        yield f"{link.origin}: {link.name}: {books.unexplained} messages unexplained: please report this"
    if link.delivery != "durable":
        return
    if books.dropped:
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(books.dropped.items()))
        yield f"{link.origin}: {link.name} is durable and lost messages: {reasons}"
    # An analyzer's unsent result is no loss: its input was counted as dropped, or comes again.
    if books.unsent and from_sensor:
        yield f"{link.origin}: {link.name}: {books.unsent} captured items died with their sensor's process"
    if books.waiting and not data_is_kept:
        yield f"{link.origin}: {link.name}: {books.waiting} messages were not taken (--data DIR keeps them)"
