"""What a device is not allowed is told, and what comes by a way that no link has is not taken."""

import asyncio
import logging
from pathlib import Path

import nats

from iomt.contract import http, metrics, names
from iomt.contract.ledger import Ledger
from iomt.contract.provision import Consumer, Provision, Stream
from iomt.contract.settings import BROKER_PASSWORD
from iomt.local.folder import DataFolder
from iomt.local.services import BrokerUser, start_broker
from iomt.runtime.bootstrap import provision
from iomt.runtime.device import Message
from iomt.runtime.inputs.account import LatestAccount
from iomt.runtime.inputs.live import subscribe
from iomt.runtime.inputs.newest import Newest
from iomt.runtime.secrets import Secrets
from iomt.runtime.shell import Shell
from tests.runtime.test_delivery import LOG, capture, fetch, open_port, open_reader
from tests.services import (
    DURABLE,
    GRAPH,
    LATEST,
    OUTPUT,
    STREAM,
    SUBJECT,
    broker,
    make_stream,
    settings,
    until,
)

NOTHING = {"publish": {"deny": [">"]}, "subscribe": {"deny": [">"]}}
OTHER, OTHER_STREAM = "iomt.test.yard.frames", "test_yard_frames"


def silent(name: str, text: str) -> None:
    pass


def test_a_device_that_may_not_listen_says_so_and_ends(tmp_path: Path, caplog) -> None:
    async def scene() -> None:
        folder = DataFolder(tmp_path)
        user = BrokerUser(*folder.broker_account("wall", "wall"), NOTHING)
        service = await start_broker(folder, [user], silent)
        try:
            own = settings(
                service, folder, "wall", kind="MActuator", inputs=(LATEST,), options={},
                runtime="iomt.runtime.actuators.log:Log", credentials=str(folder.credentials("wall")),
            )  # fmt: skip
            shell = Shell(own, LOG, Secrets(own))
            async with asyncio.timeout(20):
                assert await shell.run() == http.EXIT_FAULT
            assert "permissions violation" in shell.state.detail
            assert SUBJECT in shell.state.detail
        finally:
            await service.process.stop(5)
            folder.close()

    with caplog.at_level(logging.INFO):
        asyncio.run(scene())
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "the broker does not allow it" in told.getMessage()
    assert "`iomt grants`" in told.getMessage()


def test_a_device_that_may_not_publish_says_so_and_keeps_what_it_has(tmp_path: Path, caplog) -> None:
    async def scene() -> None:
        folder = DataFolder(tmp_path)
        may = {"publish": {"deny": [">"]}, "subscribe": {"allow": ["_INBOX.test.gate.>"]}}
        name, word = folder.broker_account(names.BOOTSTRAP, "gate")
        service = await start_broker(folder, [BrokerUser(name, word, may)], silent)
        try:
            port, sender, ledger = await open_port(service, folder)
            assert not sender.refusal
            await port.offer(capture(1))
            await until(lambda: bool(sender.refusal))
            assert SUBJECT in sender.refusal
            assert ledger.get(metrics.key(metrics.OUTPUT_WAITING, port="frames")) == 1
            await sender.close()
        finally:
            await service.process.stop(5)
            folder.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_message_that_another_reader_had_sent_into_a_stream_is_not_taken(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await make_stream(service, folder)
            await two_streams(service.url, str(folder.credentials(names.BOOTSTRAP)))
            seen: list[str] = []

            async def handle(message: Message) -> None:
                seen.append(message.envelope.node)

            async with Thief(service.url, folder) as client:
                await client.jetstream().publish(OTHER, b"a frame of the yard")
                # Its own consumer, and the subject of another camera to send the answer to.
                ask = names.next_message(OTHER_STREAM, "thief_media")
                await client.publish(ask, b'{"batch": 1}', reply=SUBJECT)
                port, sender, _ = await open_port(service, folder)
                reader, receiver, counts = await open_reader(service, folder, handle)
                await port.offer(capture(1))
                dropped = metrics.key(metrics.DROPPED, link=DURABLE.link, reason=metrics.UNREADABLE)
                await until(lambda: counts.get(dropped) == 1 and len(seen) == 1)
                info = await client.jetstream().stream_info(STREAM)
                assert info.state.last_seq == 2, "the broker did store the redirected message"
                assert seen == ["gate"]
                await reader.stop(5)
                await sender.close()
                await receiver.close()

    asyncio.run(scene())


def test_a_message_that_another_reader_had_sent_to_listeners_is_not_taken(tmp_path: Path, caplog) -> None:
    async def scene() -> None:
        async with broker(tmp_path) as (service, folder):
            await two_streams(service.url, str(folder.credentials(names.BOOTSTRAP)))
            handled: list[str] = []

            async def handle(message: Message) -> None:
                handled.append(message.envelope.node)

            port, sender, _ = await open_port(service, folder, OUTPUT)
            ledger = Ledger(tmp_path / "ledger")
            newest = Newest(handle, fetch, 1, LOG)
            newest.open(LATEST, LatestAccount(ledger, LATEST.link))
            await subscribe(LATEST, sender, newest, LOG)
            newest.start()
            await sender.flush()
            async with Thief(service.url, folder) as client:
                await client.jetstream().publish(OTHER, b"a frame of the yard")
                ask = names.next_message(OTHER_STREAM, "thief_media")
                await client.publish(ask, b'{"batch": 1}', reply=SUBJECT)
                await until(lambda: "no link of the graph does" in caplog.text)
            await port.offer(capture(1))
            await until(lambda: handled == ["gate"])
            await newest.stop(1)
            await port.drain(1)
            await sender.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(scene())


async def two_streams(url: str, credentials: str) -> None:
    await provision(
        Provision(
            graph=GRAPH,
            broker=url,
            store="",
            credentials=credentials,
            streams=(Stream(STREAM, SUBJECT, 0), Stream(OTHER_STREAM, OTHER, 0)),
            consumers=(Consumer("lake_media", STREAM), Consumer("thief_media", OTHER_STREAM)),
            buckets=(),
            complete=True,
        )
    )


class Thief:
    """A client that is connected as long as the block lasts."""

    def __init__(self, url: str, folder: DataFolder) -> None:
        self._url, self._word = url, folder.secret(names.BOOTSTRAP, BROKER_PASSWORD)

    async def __aenter__(self) -> nats.NATS:
        self._client = await nats.connect(self._url, user="everything", password=self._word)
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
