"""The books of a link from what ledgers and broker say."""

from iomt.contract.metrics import (
    ACCEPTED,
    DEDUPLICATED,
    DELIVERED,
    DROPPED,
    OUTPUT_DROPPED,
    PUBLISHED,
    REDELIVERED,
    SEEN,
    key,
)
from iomt.local.accounts import Backlog, LinkAccount, account
from iomt.plan.plan import PlannedLink

LINK = "gate.frames->lake.media"


def planned(delivery: str) -> PlannedLink:
    return PlannedLink(
        "gate", "frames", "lake", "media", "image/jpeg", delivery,  # type: ignore[arg-type]
        "nats", "s", "st", "c", 0.0, 1, "g.yaml:9",
    )  # fmt: skip


def books(
    delivery: str, gate: dict[str, int], lake: dict[str, int], backlog: Backlog | None, final: bool
) -> LinkAccount:
    found = account(planned(delivery), {"gate": gate, "lake": lake}, backlog, final)
    assert found.published == found.delivered + found.waiting + sum(found.dropped.values())
    assert found.unexplained == 0
    return found


def published(count: int) -> dict[str, int]:
    return {key(PUBLISHED, port="frames"): count}


def test_a_durable_link_waits_for_what_the_broker_has_not_seen_acknowledged() -> None:
    found = books("durable", published(100), {}, Backlog(stored=97, pending=10, unacknowledged=5), False)
    assert (found.published, found.delivered, found.waiting, found.unsent) == (100, 82, 18, 0)


def test_what_died_with_its_publisher_is_unsent_at_the_end() -> None:
    found = books("durable", published(100), {}, Backlog(97, 0, 0), True)
    assert (found.published, found.delivered, found.waiting, found.unsent) == (97, 97, 0, 3)


def test_a_message_that_the_stream_had_already_is_counted_once() -> None:
    gate = published(100) | {key(DEDUPLICATED, port="frames"): 4, key(ACCEPTED, port="frames"): 96}
    found = books("durable", gate, {}, Backlog(96, 0, 0), True)
    assert (found.published, found.delivered, found.unsent) == (96, 96, 0)


def test_drops_before_and_after_the_broker_are_told_apart_by_reason() -> None:
    gate = published(100) | {key(OUTPUT_DROPPED, port="frames", reason="buffer-full"): 20}
    lake = {key(DROPPED, link=LINK, reason="unreadable"): 3, key(REDELIVERED, link=LINK): 2}
    found = books("durable", gate, lake, Backlog(80, 0, 0), True)
    assert found.dropped == {"buffer-full": 20, "unreadable": 3}
    assert (found.published, found.delivered, found.redelivered) == (100, 77, 2)


def test_a_latest_link_counts_what_is_on_its_way_as_waiting_while_it_runs() -> None:
    lake = {
        key(SEEN, link=LINK): 90,
        key(DELIVERED, link=LINK): 50,
        key(DROPPED, link=LINK, reason="replaced"): 39,
    }
    running = books("latest", published(100), lake, None, False)
    assert (running.delivered, running.waiting, running.dropped) == (50, 11, {"replaced": 39})
    ended = books("latest", published(100), lake, None, True)
    assert (ended.waiting, ended.dropped) == (0, {"replaced": 39, "away": 10, "crash": 1})


def test_a_link_that_nobody_used_yet_is_empty() -> None:
    for delivery in ("durable", "latest"):
        found = books(delivery, {}, {}, None, False)
        assert (found.published, found.delivered, found.waiting) == (0, 0, 0)
