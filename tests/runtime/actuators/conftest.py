import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.results import Box, Item, Result
from iomt.contract.settings import Input, Settings
from iomt.runtime.device import Capture, Context, Message, State

SECOND = 1_000_000_000
RESULTS = Input("people.results->alarm.results", "results", "people", "durable", "nats")
FRAMES = Input("gate.frames->alarm.frames", "frames", "gate", "latest", "nats")


async def _publishes_nothing(
    port: str, capture: Capture, origin: Envelope | None = None, claim: str = ""
) -> None:
    raise AssertionError("an actuator publishes nothing")


@pytest.fixture
def make_context(tmp_path: Path) -> Iterator[Callable[..., Context]]:
    """A context as the shell makes it; the same state folder for every one of a test."""
    ledgers: list[Ledger] = []

    def make(**options: Any) -> Context:
        ledger = Ledger(tmp_path / "state" / "ledger")
        ledgers.append(ledger)
        settings = Settings(
            "street", "alarm", "MActuator", "test", "", "graph.yaml:1", options, (), (RESULTS, FRAMES),
            "127.0.0.1", 0, "", "", "", "", str(tmp_path / "state"),
        )  # fmt: skip
        return Context(settings, ledger, logging.getLogger("iomt"), State(), _publishes_nothing)

    yield make
    for ledger in ledgers:
        ledger.close()


def _message(
    count: int = 1, at: float = 1.0, source: str = "gate", attempt: int = 1, body: bytes | None = None
) -> Message:
    """A result of ``count`` persons, captured ``at`` seconds; its time is its sequence too."""
    items = tuple(Item("person", 0.9, Box(10, 10, 50, 90)) for _ in range(count))
    number = round(at * 1000)
    result = Result(
        "people", source, number, round(at * SECOND), "object-detection", "m", "", 0.01, 320, 240, items
    )
    envelope = Envelope(
        "people", "results", 1, number, source, number, result.captured_ns,
        "application/vnd.iomt.detections+json", message_id=f"people.results.1.{number}",
    )  # fmt: skip
    return Message(envelope, result.to_json() if body is None else body, RESULTS, attempt)


@pytest.fixture
def make_message() -> Callable[..., Message]:
    return _message
