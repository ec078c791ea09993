"""A real broker and a real object store for tests, from the wheels that `iomt run` uses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from iomt.contract import names
from iomt.contract.provision import Consumer, Provision, Stream
from iomt.contract.settings import Input, Output, Settings
from iomt.local.folder import DataFolder
from iomt.local.services import BrokerUser, Service, start_broker, start_store
from iomt.runtime.bootstrap import provision

GRAPH = "test"
SUBJECT = "iomt.test.gate.frames"
STREAM = "test_gate_frames"


def _silent(name: str, text: str) -> None:
    pass


@asynccontextmanager
async def broker(path: Path) -> AsyncIterator[tuple[Service, DataFolder]]:
    folder = DataFolder(path)
    everything = BrokerUser(*folder.broker_account(names.BOOTSTRAP, "everything"), None)
    service = await start_broker(folder, [everything], _silent)
    try:
        yield service, folder
    finally:
        await service.process.stop(5)
        folder.close()


@asynccontextmanager
async def broker_and_store(path: Path) -> AsyncIterator[tuple[Service, Service, DataFolder]]:
    async with broker(path) as (nats, folder):
        store = await start_store(folder, _silent)
        try:
            yield nats, store, folder
        finally:
            await store.process.stop(5)


async def make_stream(
    service: Service, folder: DataFolder, consumer: str = "lake_media", max_bytes: int = 2**28
) -> None:
    await provision(
        Provision(
            graph=GRAPH,
            broker=service.url,
            store="",
            credentials=str(folder.credentials(names.BOOTSTRAP)),
            streams=(Stream(STREAM, SUBJECT, max_bytes),),
            consumers=(Consumer(consumer, STREAM),),
            buckets=(),
            complete=True,
        )
    )


def settings(service: Service, folder: DataFolder, node: str, **changes: object) -> Settings:
    given: dict[str, object] = {
        "graph": GRAPH,
        "node": node,
        "kind": "MSensor",
        "device": "test",
        "runtime": "",
        "origin": "test.yaml:1",
        "options": {},
        "outputs": (),
        "inputs": (),
        "host": "127.0.0.1",
        "http_port": 0,
        "broker": service.url,
        "store": "",
        "bucket": "",
        "credentials": str(folder.credentials(names.BOOTSTRAP)),
        "state_dir": str(folder.node(node)),
    }
    return Settings(**{**given, **changes})  # type: ignore[arg-type]


DURABLE = Input(
    link="gate.frames->lake.media",
    port="media",
    source="gate",
    delivery="durable",
    transport="nats",
    subject=SUBJECT,
    stream=STREAM,
    consumer="lake_media",
)
LATEST = Input(
    link="gate.frames->people.media",
    port="media",
    source="gate",
    delivery="latest",
    transport="nats",
    subject=SUBJECT,
)
OUTPUT = Output(port="frames", media="image/jpeg", subject=SUBJECT, stream=STREAM)


async def until(condition, seconds: float = 20.0) -> None:
    """Wait for a condition; fails the test when it does not come true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
