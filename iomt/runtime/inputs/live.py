"""The two ways a live link comes: a NATS subject, or the multipart stream of another device."""

import asyncio
import logging

import httpx
from nats.aio.msg import Msg

from iomt.contract import metrics
from iomt.contract.envelope import BadEnvelope, Envelope
from iomt.contract.settings import Input
from iomt.runtime.connection import Broker
from iomt.runtime.inputs.multipart import parts
from iomt.runtime.inputs.newest import Newest

_PAUSES = (0.25, 0.5, 1.0, 2.0, 5.0)


async def subscribe(link: Input, broker: Broker, newest: Newest, log: logging.Logger) -> None:
    """Hand every message of the subject to the waiting room as it comes."""

    async def received(message: Msg) -> None:
        try:
            envelope = Envelope.from_headers(message.headers)
        except BadEnvelope as error:
            log.warning("%s: a message that no iomt device wrote: %s", link.link, error)
            return
        newest.take(link, envelope, message.data)

    # The waiting room drops with a count; the client's own queue would drop without a word.
    await broker.client.subscribe(link.subject, cb=received)


async def follow(link: Input, newest: Newest, log: logging.Logger) -> None:
    """Read the stream of another device for ever, connecting again with growing pauses."""
    failures = 0
    timeout = httpx.Timeout(3.0, read=15.0)
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
        while True:
            # The first gap of a connection happened while we were away; later ones are
            # frames that the sender replaced by newer ones.
            reason = metrics.AWAY
            try:
                async with client.stream("GET", link.url) as response:
                    response.raise_for_status()
                    async for headers, body in parts(response):
                        newest.take(link, Envelope.from_headers(headers), body, reason)
                        reason = metrics.REPLACED
                        failures = 0
            except (httpx.HTTPError, BadEnvelope, ValueError) as error:
                if failures == 0:
                    log.warning("%s: %s: %s", link.link, link.url, error or type(error).__name__)
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
            failures += 1
