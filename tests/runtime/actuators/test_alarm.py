import asyncio
import dataclasses
import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from iomt.contract import metrics
from iomt.runtime.actuators.alarm import Alarm
from iomt.runtime.actuators.event import Event
from iomt.runtime.actuators.log import Log
from iomt.runtime.device import Context, Failed, GaveUp, Message, PermanentFault, Rejected

Make = Callable[..., Any]


class Recorder(Alarm):
    """Acts by remembering; fails as often as it is told."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.events: list[Event] = []
        self.failures = 0

    async def act(self, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise Failed("the siren is away")
        self.events.append(event)


def prepared(alarm: Any) -> Any:
    asyncio.run(alarm.prepare())
    return alarm


def feed(alarm: Alarm, *messages: Message) -> None:
    async def handle() -> None:
        for message in messages:
            await alarm.handle(message)

    asyncio.run(handle())


def test_an_alarm_acts_once_when_its_condition_becomes_true(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context(when="count(person) >= 2")))
    feed(alarm, *(make_message(count, at) for at, count in ((1, 1), (2, 2), (3, 3), (4, 0), (5, 2))))
    assert [event.captured_ns for event in alarm.events] == [2_000_000_000, 5_000_000_000]
    assert alarm.context.ledger.get(metrics.FIRED) == 2


def test_an_event_tells_who_saw_what_and_when(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context(when="count(person) >= 1 for 1s")))
    feed(alarm, make_message(2, 1), make_message(2, 2))
    document = json.loads(alarm.events[0].to_json())
    assert document["result"]["items"][0]["box"] == {"xmin": 10, "ymin": 10, "xmax": 50, "ymax": 90}
    del document["result"]
    assert document == {
        "id": "people.results.1.2000",
        "graph": "street",
        "node": "alarm",
        "source": "gate",
        "condition": "count(person) >= 1 for 1s",
        "captured_ns": 2_000_000_000,
        "since_ns": 1_000_000_000,
        "found": {"person": 2},
    }


def test_without_a_condition_every_result_is_acted_on(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context()))
    feed(alarm, make_message(0, 1), make_message(0, 2))
    assert len(alarm.events) == 2


def test_every_acts_again_while_it_stays_true(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context(when="count(person) >= 1", every="2s")))
    feed(alarm, *(make_message(1, at) for at in (1, 2, 3, 4, 5)))
    assert [event.captured_ns // 10**9 for event in alarm.events] == [1, 3, 5]


def test_an_event_that_failed_acts_when_its_message_comes_again(
    make_context: Make, make_message: Make
) -> None:
    alarm = prepared(Recorder(make_context(when="count(person) >= 1", attempts=3)))
    alarm.failures = 1
    first = make_message(1, 1)
    with pytest.raises(Failed):
        feed(alarm, first)
    feed(
        alarm,
        make_message(0, 2),
        dataclasses.replace(first, attempt=2),
        dataclasses.replace(first, attempt=3),
    )
    assert [event.id for event in alarm.events] == [first.envelope.message_id]
    assert alarm.context.ledger.get(metrics.FIRED) == 1


def test_an_event_that_was_pending_when_the_process_died_acts_after_a_restart(
    make_context: Make, make_message: Make
) -> None:
    options = {"when": "count(person) >= 1 for 1s", "attempts": 3}
    alarm = prepared(Recorder(make_context(**options)))
    alarm.failures = 1
    feed(alarm, make_message(1, 1))
    last = make_message(1, 2)
    with pytest.raises(Failed):
        feed(alarm, last)
    restarted = prepared(Recorder(make_context(**options)))
    feed(restarted, dataclasses.replace(last, attempt=2))
    assert [event.id for event in restarted.events] == [last.envelope.message_id]


def test_the_last_attempt_gives_up(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context(attempts=2)))
    alarm.failures = 9
    message = make_message(1, 1)
    with pytest.raises(Failed):
        feed(alarm, message)
    with pytest.raises(GaveUp, match="after 2 attempts: the siren is away"):
        feed(alarm, dataclasses.replace(message, attempt=2))
    feed(alarm, dataclasses.replace(message, attempt=3))
    assert not alarm.events


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xd8\xff", b"[]", b"null", b"[" * 100_000, b'{"items": []}'], ids=range(6)
)
def test_what_is_no_result_is_rejected(make_context: Make, make_message: Make, body: bytes) -> None:
    with pytest.raises(Rejected):
        feed(prepared(Recorder(make_context())), make_message(body=body))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("captured_ns", "now"),
        ("source", 5),
        ("items", [{"label": 1, "score": 0.5}]),
        ("seconds", float("nan")),
    ],
)
def test_a_result_with_a_wrong_type_is_rejected(
    make_context: Make, make_message: Make, name: str, value: object
) -> None:
    document = json.loads(make_message().body)
    document[name] = value
    with pytest.raises(Rejected, match="not a result"):
        feed(prepared(Recorder(make_context())), make_message(body=json.dumps(document).encode()))


def test_a_picture_is_rejected_by_its_media_type(make_context: Make, make_message: Make) -> None:
    message = make_message()
    picture = dataclasses.replace(
        message, envelope=dataclasses.replace(message.envelope, media_type="image/jpeg")
    )
    with pytest.raises(Rejected, match="image/jpeg is no result"):
        feed(prepared(Recorder(make_context())), picture)


@pytest.mark.parametrize("options", [{"when": "person > 2"}, {"every": "often"}])
def test_options_that_cannot_be_read_are_permanent(make_context: Make, options: dict[str, str]) -> None:
    with pytest.raises(PermanentFault, match=f"option `{next(iter(options))}`"):
        prepared(Recorder(make_context(**options)))


def post(alarm: Alarm, **request: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=list(alarm.routes())))
        async with httpx.AsyncClient(transport=transport, base_url="http://alarm") as client:
            return await client.post("/actuate", **request)

    return asyncio.run(send())


def test_actuate_acts_at_once_whatever_the_condition(make_context: Make, make_message: Make) -> None:
    alarm = prepared(Recorder(make_context(when="count(person) > 5")))
    assert post(alarm).status_code == 200
    assert post(alarm, content=make_message(1).body, headers={"Idempotency-Key": "k"}).json() == {
        "acted": True,
        "id": "k",
    }
    assert [event.found() for event in alarm.events] == [{}, {"person": 1}]
    assert alarm.context.ledger.get(metrics.FIRED) == 2


def test_actuate_refuses_what_is_no_result_and_pages_of_other_sites(make_context: Make) -> None:
    alarm = prepared(Recorder(make_context()))
    assert post(alarm, content=b"{}").status_code == 400
    assert post(alarm, content=b"x" * 1_000_001).status_code == 413
    assert post(alarm, headers={"Origin": "http://elsewhere"}).status_code == 403
    assert not alarm.events
    assert post(alarm, headers={"Origin": "http://alarm"}).status_code == 200


def test_actuate_waits_for_readiness(make_context: Make) -> None:
    assert post(Recorder(make_context(when="count(person) > 5"))).status_code == 503


def test_actuate_says_when_the_effect_failed(make_context: Make) -> None:
    alarm = prepared(Recorder(make_context()))
    alarm.failures = 1
    response = post(alarm)
    assert response.status_code == 502
    assert response.json() == {"acted": False, "error": "the siren is away"}


def test_the_log_alarm_writes_a_warning_with_what_was_found(
    make_context: Make, make_message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    feed(prepared(Log(make_context(when="count(person) > 1"))), make_message(2, 1))
    record = caplog.records[-1]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "count(person) > 1"
    assert vars(record)["found"] == {"person": 2}
    assert vars(record)["source"] == "gate"
    assert vars(record)["analyzer"] == "people"


def test_the_log_alarm_says_its_message(
    make_context: Make, make_message: Make, caplog: pytest.LogCaptureFixture
) -> None:
    feed(prepared(Log(make_context(message="100% full"))), make_message(2, 1))
    assert caplog.records[-1].getMessage() == "100% full"
