"""``python -m iomt.runtime.bootstrap PROVISION.json...``: streams, consumers, buckets and their users.

Run before the devices, on a laptop and in a cluster alike. Running it again changes what differs
and loses nothing. Consumers exist before the first message, since a stream keeps a message only
for the consumers that it has.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import nats
import urllib3
from minio.error import MinioAdminException, MinioException, S3Error
from nats.aio.client import Client
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from iomt.contract import http, names
from iomt.contract.provision import Consumer, Provision, Stream
from iomt.contract.settings import (
    BROKER_PASSWORD,
    BROKER_USER,
    BadSettings,
)
from iomt.runtime.bootstrap_store import provision_store

ACK_WAIT_SECONDS = 10.0
"""Silence after which a message is given to another taker; a busy device says so every 3 s."""
_MAX_ACK_PENDING = 4096
_DUPLICATE_WINDOW_SECONDS = 120.0
_ATTEMPTS = 3
_ANSWER_SECONDS = 2
_PAUSE_SECONDS: Any = 0.5  # typed as int by nats-py, used as seconds by it


async def provision(wanted: Provision) -> None:
    """Make everything, broker and store at once, then return. Raises what nats-py and minio raise."""
    halves = []
    if wanted.streams:
        halves.append(_provision_broker(wanted))
    if wanted.buckets or wanted.users is not None:
        halves.append(asyncio.to_thread(provision_store, wanted))
    for outcome in await asyncio.gather(*halves, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _provision_broker(wanted: Provision) -> None:
    refusal: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
    client = await _connect(wanted, refusal)
    work = asyncio.create_task(_make_all(client.jetstream(timeout=10), wanted))
    ends: set[asyncio.Future[Any]] = {work, refusal}
    try:
        # What is not allowed is told beside the request, which then would wait in vain.
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            raise refusal.result()
        work.result()
    finally:
        await client.close()


async def _make_all(js: JetStreamContext, wanted: Provision) -> None:
    for stream in wanted.streams:
        await _make(js, stream, wanted.replicas)
    for consumer in wanted.consumers:
        await _consumer(js, consumer)
    for stream in wanted.streams:
        await js.update_stream(_config(stream, stream.subject, wanted.replicas))
    if wanted.complete:
        await _give_up(js, wanted)


async def _connect(wanted: Provision, refusal: "asyncio.Future[Exception]") -> Client:
    client, reasons = Client(), []

    async def failed(error: Exception) -> None:
        reasons.append(error)
        if "permissions violation" in str(error) and not refusal.done():
            refusal.set_result(error)

    try:
        await client.connect(
            wanted.broker,
            user=_secret(wanted, BROKER_USER),
            password=_secret(wanted, BROKER_PASSWORD),
            connect_timeout=_ANSWER_SECONDS,
            max_reconnect_attempts=_ATTEMPTS - 1,
            reconnect_time_wait=_PAUSE_SECONDS,
            inbox_prefix=names.inbox(wanted.graph, names.BOOTSTRAP).encode(),
            error_cb=failed,
        )
    except nats.errors.NoServersError as error:
        # Of no use to anybody; what the attempts failed of is. A refused user is cut off, and not
        # every attempt gets to read why.
        told = [each for each in reasons if isinstance(each, nats.errors.Error)] or reasons or [error]
        raise told[-1] from error
    return client


async def _make(js: JetStreamContext, stream: Stream, replicas: int) -> None:
    """A new stream listens where nobody publishes until its consumers are there.

    In a cluster devices may run already: a message that comes before the first consumer would be
    acknowledged and thrown away at once.
    """
    try:
        await js.stream_info(stream.name)
    except NotFoundError:
        await js.add_stream(_config(stream, f"_IOMT.provision.{stream.name}", replicas))


def _config(stream: Stream, subject: str, replicas: int) -> StreamConfig:
    return StreamConfig(
        name=stream.name,
        subjects=[subject],
        # A message stays until every durable reader has acknowledged it, and a full stream
        # refuses new ones (the publisher keeps and counts them) instead of dropping old ones.
        retention=RetentionPolicy.INTEREST,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        max_bytes=stream.max_bytes or -1,
        num_replicas=replicas,
        duplicate_window=_DUPLICATE_WINDOW_SECONDS,
    )


async def _consumer(js: JetStreamContext, consumer: Consumer) -> None:
    try:
        await js.consumer_info(consumer.stream, consumer.name)
    except NotFoundError:
        await js.add_consumer(
            consumer.stream,
            ConsumerConfig(
                durable_name=consumer.name,
                ack_policy=AckPolicy.EXPLICIT,
                deliver_policy=DeliverPolicy.ALL,
                ack_wait=ACK_WAIT_SECONDS,
                max_ack_pending=_MAX_ACK_PENDING,
            ),
        )


async def _give_up(js: JetStreamContext, wanted: Provision) -> None:
    kept = {(each.stream, each.name) for each in wanted.consumers}
    for stream in wanted.streams:
        for found in await js.consumers_info(stream.name):
            if (stream.name, found.name) not in kept:
                await js.delete_consumer(stream.name, found.name)


def _secret(wanted: Provision, name: str) -> str | None:
    path = Path(wanted.credentials, name)
    return path.read_text().strip() if path.exists() else None


def main(arguments: list[str]) -> int:
    """Read the provision and make it; returns the exit code."""
    if not arguments:
        sys.stderr.write("usage: python -m iomt.runtime.bootstrap PROVISION.json...\n")
        return http.EXIT_SETTINGS
    parts = []
    for path in arguments:
        try:
            parts.append(Provision.from_json(Path(path).read_text()))
        except (OSError, BadSettings) as error:
            sys.stderr.write(f"bootstrap: {path}: {error}\n")
            return http.EXIT_SETTINGS
    wanted = Provision.together(parts)
    try:
        asyncio.run(provision(wanted))
    except (MinioException, MinioAdminException, urllib3.exceptions.HTTPError) as error:
        sys.stderr.write(f"bootstrap: store {wanted.store}: {_of_store(error)}\n")
        return http.EXIT_FAULT
    except (nats.errors.Error, OSError) as error:
        sys.stderr.write(f"bootstrap: broker {wanted.broker}: {_of_broker(error)}\n")
        return http.EXIT_FAULT
    return 0


def _of_store(error: Exception) -> str:
    match error:
        case S3Error():
            return f"{error.message or 'refused'} ({error.code})"
        case urllib3.exceptions.MaxRetryError(reason=urllib3.exceptions.ProtocolError()):
            return "what answers there is no S3 store, or it broke off"
        case urllib3.exceptions.MaxRetryError(reason=Exception(args=(*_, reason))):
            return str(reason)
        case MinioException():
            return f"what answers there is no S3 store: {error}"
    return str(error)


def _of_broker(error: Exception) -> str:
    match error:
        case TimeoutError() | nats.errors.TimeoutError():
            return "no answer"
        case ConnectionResetError():
            return f"{error.strerror}: no NATS broker, or it refuses this user and password"
        case OSError(errno=int(number)) if number > 0:
            return os.strerror(number)
    return str(error) or type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
