"""Lake and result log over a real S3 gateway."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from iomt.contract import names
from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.media import DETECTIONS, JPEG
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY, Input, Output
from iomt.local.folder import DataFolder
from iomt.local.services import start_store
from iomt.runtime.device import Context, Message, State
from iomt.runtime.objects import ObjectStore
from iomt.runtime.storages.object_lake import ObjectLake
from iomt.runtime.storages.result_log import ResultLog
from iomt.runtime.storages.retention import Retention
from tests.contexts import Published
from tests.services import settings

LOG = logging.getLogger("test")
LINK = Input("gate.frames->lake.media", "media", "gate", "durable", "nats")
SECOND = 10**9


def message(number: int, captured_ns: int, body: bytes = b"jpeg", source: str = "gate") -> Message:
    envelope = Envelope(source, "frames", 7, number, source, number, captured_ns, JPEG, 4, 3, f"id-{number}")
    return Message(envelope, body, LINK)


@asynccontextmanager
async def store_context(path: Path, **options: object) -> AsyncIterator[Context]:
    folder = DataFolder(path)
    service = await start_store(folder, lambda name, text: None)
    objects = ObjectStore(
        service.url,
        folder.secret(names.BOOTSTRAP, STORE_ACCESS_KEY),
        folder.secret(names.BOOTSTRAP, STORE_SECRET_KEY),
    )
    objects.client.make_bucket("lake")
    own = settings(service, folder, "lake", bucket="lake", options=options)
    try:
        yield Context(own, Ledger(path / "ledger"), LOG, State(), Published(), objects)
    finally:
        objects.close()
        await service.process.stop(5)
        folder.close()


def test_a_redelivered_frame_is_one_object_with_its_metadata(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path) as context:
            assert context.objects
            lake = ObjectLake(context)
            for _ in range(2):
                await lake.handle(message(1, 5 * SECOND, b"one"))
            await lake.handle(message(2, 6 * SECOND, b"two"))
            keys = await context.objects.keys("lake")
            assert len(keys) == 2
            assert await context.objects.get("lake", keys[0]) == b"one"
            about = context.objects.client.stat_object("lake", keys[0])
            assert about.content_type == JPEG
            assert about.metadata["x-amz-meta-iomt-source"] == "gate"
            assert about.metadata["x-amz-meta-iomt-captured"] == str(5 * SECOND)

    asyncio.run(scene())


def test_readers_of_a_lake_are_told_where_the_newest_object_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path) as context:
            told: list[str] = []

            async def publish(port, capture, origin=None, claim="") -> None:
                assert port == "objects"
                assert origin.source == "gate"
                told.append(claim)

            outputs = (Output("objects", JPEG, "iomt.test.lake.objects"),)
            own = context.settings._replace(outputs=outputs)
            await ObjectLake(replace(context, settings=own, publish=publish)).handle(message(1, SECOND))
            assert context.objects
            bucket, _, key = told[0].partition("/")
            assert await context.objects.get(bucket, key) == b"jpeg"

    asyncio.run(scene())


def test_retention_removes_what_is_too_old_and_nothing_else(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path) as context:
            assert context.objects
            lake, now = ObjectLake(context), time.time_ns()
            for source in ("gate", "yard"):
                for number, age in enumerate((7200, 3700, 3500, 0), 1):
                    await lake.handle(message(number, now - age * SECOND, source=source))
            await context.objects.put("lake", "gate/readme.txt", b"foreign", "text/plain")
            removed = await Retention(context.objects, "lake", 3600, 0, LOG).round(now)
            left = await context.objects.keys("lake")
            assert removed == 4
            assert len(left) == 5
            assert "gate/readme.txt" in left

    asyncio.run(scene())


def test_a_lake_that_is_full_removes_the_oldest_of_all_its_sources(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path, size="2k") as context:
            assert context.objects
            lake = ObjectLake(context)
            for number in range(1, 7):
                await lake.handle(message(number, number * SECOND, bytes(300), "gate"))
            for number in range(1, 4):
                await lake.handle(message(number, number * SECOND + 1, bytes(300), "lobby"))
            await context.objects.put("lake", "gate/readme.txt", b"foreign", "text/plain")
            # Counted anew at its start: 9 x 300 + 7 bytes, of which 6 x 300 + 7 have room in 2,000.
            again = Retention(context.objects, "lake", 0.0, 2000, LOG)
            await again.count()
            assert again.held == 2707
            assert await again.round(0) == 3
            left = await context.objects.keys("lake")
            assert [key.rpartition("/")[2].partition("-")[0] for key in left if "lobby" in key] == [
                f"{2 * SECOND + 1:019}",
                f"{3 * SECOND + 1:019}",
            ]
            assert sum("gate" in key for key in left) == 5
            assert again.held == 1807
            assert await again.round(0) == 0

    asyncio.run(scene())


def result(number: int) -> Message:
    envelope = Envelope("shapes", "results", 7, number, "gate", number, number * SECOND, DETECTIONS)
    return Message(envelope, json.dumps({"frame": number}).encode(), LINK)


async def lines_of(context: Context) -> list[int]:
    assert context.objects
    keys = await context.objects.keys("lake")
    bodies = [await context.objects.get("lake", key) for key in keys]
    return [json.loads(line)["frame"] for body in bodies for line in body.splitlines()]


def test_results_of_an_interval_are_one_object_and_done_only_when_it_is_stored(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path, interval="300ms") as context:
            log = ResultLog(context)
            handling = [asyncio.create_task(log.handle(result(number))) for number in range(1, 6)]
            await asyncio.sleep(0.1)
            assert not any(task.done() for task in handling)
            assert await lines_of(context) == []
            await asyncio.gather(*handling)
            assert await lines_of(context) == [1, 2, 3, 4, 5]
            assert context.objects
            assert len(await context.objects.keys("lake")) == 1
            # The same batch again overwrites its own object.
            await asyncio.gather(*(log.handle(result(number)) for number in range(1, 6)))
            assert await lines_of(context) == [1, 2, 3, 4, 5]

    asyncio.run(scene())


def test_a_log_that_is_asked_to_stop_writes_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path, interval="1h") as context:
            log = ResultLog(context)
            handling = asyncio.create_task(log.handle(result(1)))
            await asyncio.sleep(0)
            await log.release()
            async with asyncio.timeout(5):
                await handling
            assert await lines_of(context) == [1]

    asyncio.run(scene())


def test_a_log_waits_for_a_store_that_is_away_and_keeps_the_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with store_context(tmp_path, interval="50ms") as context:
            assert context.objects
            context.objects.client.remove_bucket("lake")
            log = ResultLog(context)
            handling = asyncio.create_task(log.handle(result(1)))
            await asyncio.sleep(0.4)
            assert not handling.done()
            context.objects.client.make_bucket("lake")
            async with asyncio.timeout(10):
                await handling
            assert await lines_of(context) == [1]

    asyncio.run(scene())
