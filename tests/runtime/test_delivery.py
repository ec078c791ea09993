"""Links over a real nats-server: what is published is delivered, waits, or is counted as dropped."""

import asyncio
import logging
import os
import signal
import time
from pathlib import Path

from iomt.contract import metrics
from iomt.contract.ledger import Ledger
from iomt.contract.settings import Output
from iomt.runtime.connection import Broker
from iomt.runtime.device import Capture, Failed, Message, Rejected
from iomt.runtime.inputs.account import DurableAccount, LatestAccount
from iomt.runtime.inputs.durable import DurableReader
from iomt.runtime.inputs.live import subscribe
from iomt.runtime.inputs.newest import Newest
from iomt.runtime.output import OutputPort
from tests.services import DURABLE, LATEST, OUTPUT, broker, make_stream, settings, until

LOG = logging.getLogger("test")


def capture(number: int, size: int = 1000) -> Capture:
    return Capture(number.to_bytes(4, "big") * (size // 4), time.time_ns(), "image/jpeg", 8, 8)


async def fetch(claim: str) -> bytes:
    raise AssertionError(claim)


async def open_port(service, folder, output: Output = OUTPUT) -> tuple[OutputPort, Broker, Ledger]:
    own = settings(service, folder, "gate", outputs=(output,))
    ledger = Ledger(Path(own.state_dir, "ledger"))
    connection = Broker(own, ledger, LOG)
    await connection.connect()
    port = OutputPort(output, own, connection, ledger, LOG)
    await port.start()
    return port, connection, ledger


async def open_reader(service, folder, handle, concurrency: int = 16) -> tuple[DurableReader, Broker, Ledger]:
    own = settings(service, folder, "lake")
    ledger = Ledger(Path(own.state_dir, "ledger"))
    connection = Broker(own, ledger, LOG)
    await connection.connect()
    account = DurableAccount(ledger, DURABLE.link)
    reader = DurableReader(DURABLE, connection, handle, fetch, concurrency, account, LOG)
    reader.start()
    return reader, connection, ledger


def test_a_durable_link_loses_nothing_while_the_broker_is_killed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder)
            seen: list[int] = []

            async def handle(message: Message) -> None:
                seen.append(message.envelope.sequence)

            port, sender, sent = await open_port(service, folder)
            reader, receiver, received = await open_reader(service, folder, handle)
            for number in range(600):
                await port.offer(capture(number), wait=False)
                if number == 200:
                    os.kill(service.process.pid, signal.SIGKILL)
                await asyncio.sleep(0.002)
            await until(lambda: len(set(seen)) == 600, 30)
            await port.drain(10)
            await reader.stop(5)
            assert sorted(set(seen)) == list(range(1, 601))
            key = metrics.key(metrics.OUTPUT_WAITING, port="frames")
            assert sent.get(key) == 0
            assert received.get(metrics.key(metrics.DELIVERED, link=DURABLE.link)) >= 600
            assert service.process.restarts == 1
            await sender.close()
            await receiver.close()

    asyncio.run(scene())


def test_a_failing_effect_is_tried_again_and_a_rejected_message_is_counted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder)
            attempts: dict[int, int] = {}

            async def handle(message: Message) -> None:
                number = message.envelope.sequence
                attempts[number] = message.attempt
                if number == 2:
                    raise Rejected("no image")
                if number == 3 and message.attempt < 3:
                    raise Failed("the server said 500")

            port, sender, _ = await open_port(service, folder)
            reader, receiver, counts = await open_reader(service, folder, handle)
            for number in range(4):
                await port.offer(capture(number))
            key = metrics.key(metrics.DELIVERED, link=DURABLE.link)
            await until(lambda: counts.get(key) == 3)
            assert attempts == {1: 1, 2: 1, 3: 3, 4: 1}
            assert counts.get(metrics.key(metrics.DROPPED, link=DURABLE.link, reason="unreadable")) == 1
            assert counts.get(metrics.key(metrics.RETRIED, link=DURABLE.link)) == 2
            assert counts.get(metrics.key(metrics.REDELIVERED, link=DURABLE.link)) == 2
            await reader.stop(5)
            await sender.close()
            await receiver.close()

    asyncio.run(scene())


def test_a_reader_that_stops_hands_back_what_it_did_not_finish(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder)
            taken = asyncio.Event()

            async def never(message: Message) -> None:
                taken.set()
                await asyncio.Event().wait()

            seen: list[int] = []

            async def handle(message: Message) -> None:
                seen.append(message.envelope.sequence)

            port, sender, _ = await open_port(service, folder)
            reader, receiver, _ = await open_reader(service, folder, never, concurrency=2)
            for number in range(5):
                await port.offer(capture(number))
            await taken.wait()
            await reader.stop(0.1)
            await receiver.close()
            second, connection, _ = await open_reader(service, folder, handle)
            # Sooner than ack_wait: the messages were handed back, not timed out.
            await until(lambda: len(seen) == 5, 5)
            assert sorted(seen) == [1, 2, 3, 4, 5]
            await second.stop(1)
            await sender.close()
            await connection.close()

    asyncio.run(scene())


def test_a_full_stream_makes_the_publisher_hold_and_drop_only_past_its_memory(
    tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("iomt.runtime.outbox.LIMIT_BYTES", 50_000)

    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder, max_bytes=100_000)
            port, sender, counts = await open_port(service, folder)
            for number in range(300):
                await port.offer(capture(number), wait=False)
                await asyncio.sleep(0)
            dropped = counts.get(metrics.key(metrics.OUTPUT_DROPPED, port="frames", reason="buffer-full"))
            assert dropped > 0
            seen: set[int] = set()

            async def handle(message: Message) -> None:
                seen.add(message.envelope.sequence)

            reader, receiver, _ = await open_reader(service, folder, handle)
            await port.drain(20)
            await until(lambda: len(seen) == 300 - dropped)
            await reader.stop(1)
            await sender.close()
            await receiver.close()

    asyncio.run(scene())


def test_a_latest_link_keeps_the_newest_and_counts_every_other(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            live = Output(port="frames", media="image/jpeg", subject=LATEST.subject)
            port, sender, sent = await open_port(service, folder, live)
            for number in range(10):  # nobody listens yet
                await port.offer(capture(number))
            own = settings(service, folder, "people")
            ledger = Ledger(Path(own.state_dir, "ledger"))
            receiver = Broker(own, ledger, LOG)
            await receiver.connect()
            seen: list[int] = []

            async def slow(message: Message) -> None:
                seen.append(message.envelope.sequence)
                await asyncio.sleep(0.05)

            newest = Newest(slow, fetch, 1, LOG)
            newest.open(LATEST, LatestAccount(ledger, LATEST.link))
            await subscribe(LATEST, receiver, newest, LOG)
            assert await receiver.flush()
            newest.start()
            for number in range(200):
                await port.offer(capture(number))
                await asyncio.sleep(0.001)
            assert await sender.flush()
            await until(lambda: seen[-1] == 210)
            await newest.stop(2)

            def count(reason: str) -> int:
                return ledger.get(metrics.key(metrics.DROPPED, link=LATEST.link, reason=reason))

            delivered = ledger.get(metrics.key(metrics.DELIVERED, link=LATEST.link))
            assert delivered == len(seen)
            assert count("away") == 10
            assert delivered + count("replaced") + count("away") == 210
            assert sent.get(metrics.key(metrics.PUBLISHED, port="frames")) == 210
            assert seen == sorted(seen)
            await sender.close()
            await receiver.close()

    asyncio.run(scene())


def test_replicas_share_a_latest_link_and_each_counts_what_the_others_have(tmp_path: Path) -> None:
    shared = LATEST._replace(queue="people_media")

    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            live = Output(port="frames", media="image/jpeg", subject=LATEST.subject)
            port, sender, _ = await open_port(service, folder, live)
            seen: dict[str, list[int]] = {"one": [], "two": []}
            opened = []
            for name, numbers in seen.items():
                own = settings(service, folder, "people")._replace(state_dir=str(tmp_path / name))
                Path(own.state_dir).mkdir()
                ledger = Ledger(Path(own.state_dir, "ledger"))
                receiver = Broker(own, ledger, LOG)
                await receiver.connect()

                async def note(message: Message, numbers: list[int] = numbers) -> None:
                    numbers.append(message.envelope.sequence)

                newest = Newest(note, fetch, 1, LOG)
                newest.open(shared, LatestAccount(ledger, shared.link))
                await subscribe(shared, receiver, newest, LOG)
                assert await receiver.flush()
                newest.start()
                opened.append((newest, receiver, ledger, numbers))
            for number in range(200):
                await port.offer(capture(number))
                await asyncio.sleep(0.002)
            assert await sender.flush()

            def dropped(ledger: Ledger, reason: str) -> int:
                return ledger.get(metrics.key(metrics.DROPPED, link=shared.link, reason=reason))

            replaced = lambda: sum(dropped(ledger, "replaced") for _, _, ledger, _ in opened)  # noqa: E731
            await until(lambda: len(seen["one"]) + len(seen["two"]) + replaced() == 200)
            assert seen["one"]
            assert seen["two"]
            assert not set(seen["one"]) & set(seen["two"])
            for newest, receiver, ledger, numbers in opened:
                delivered = ledger.get(metrics.key(metrics.DELIVERED, link=shared.link))
                counted = delivered + dropped(ledger, "shared") + dropped(ledger, "replaced")
                assert delivered == len(numbers)
                assert counted == ledger.get(metrics.key(metrics.SEEN, link=shared.link))
                assert dropped(ledger, "away") == 0
                await newest.stop(2)
                await receiver.close()
            await sender.close()

    asyncio.run(scene())


def test_counts_go_on_after_the_process_died_with_messages_in_hand(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    account = LatestAccount(ledger, LATEST.link)
    envelope = OutputPort(OUTPUT, _plain(tmp_path), None, Ledger(tmp_path / "gate"), LOG)._envelope
    for number in range(5):
        assert account.arrived(envelope(capture(number), None, "", 0))
    account.delivered(envelope(capture(9), None, "", 0))
    ledger.close()  # as after a kill -9: the file is what is left
    again = Ledger(tmp_path / "ledger")
    after = LatestAccount(again, LATEST.link)
    assert again.get(metrics.key(metrics.DROPPED, link=LATEST.link, reason="crash")) == 4
    assert after.settled() == 5


def _plain(path: Path):
    from iomt.contract.settings import Settings

    return Settings(
        "test",
        "gate",
        "MSensor",
        "test",
        "",
        "",
        {},
        (OUTPUT,),
        (),
        "127.0.0.1",
        0,
        "",
        "",
        "",
        "",
        str(path),
    )
