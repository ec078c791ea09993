"""The two ways a live link comes: a NATS subject, or the multipart stream of another device."""

import asyncio
import logging
import time

import httpx
from nats.aio.msg import Msg

from iomt.contract import metrics
from iomt.contract.envelope import BadEnvelope, Envelope
from iomt.contract.settings import Input
from iomt.runtime.connection import Broker
from iomt.runtime.inputs.multipart import parts
from iomt.runtime.inputs.newest import Newest
from iomt.runtime.inputs.redirected import redirected

_PAUSE_SECONDS = 0.3
_TELL_SECONDS = 10.0
"""A device that is just being started is not worth a warning; one away for this long is."""


async def subscribe(link: Input, broker: Broker, newest: Newest, log: logging.Logger) -> None:
    """Hand every message of the subject to the waiting room as it comes; of a shared one, this part of it."""
    reason = metrics.SHARED if link.queue else metrics.AWAY

    async def received(message: Msg) -> None:
        if message.subject != link.subject:
            log.warning("%s: %s", link.link, redirected(message))
            return
        try:
            envelope = Envelope.from_headers(message.headers)
        except BadEnvelope as error:
            log.warning("%s: a message that no iomt device wrote: %s", link.link, error)
            return
        newest.take(link, envelope, message.data, reason)

    # The waiting room drops with a count; the client's own queue would drop without a word.
    await broker.client.subscribe(link.subject, queue=link.queue, cb=received)


async def follow(link: Input, newest: Newest, log: logging.Logger) -> None:
    """Read the stream of another device for ever, connecting again after short pauses."""
    timeout = httpx.Timeout(3.0, read=15.0)
    away_since, told = time.monotonic(), False
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
        while True:
            trouble: Exception | str = "the stream ended"
            try:
                async with client.stream("GET", link.url) as response:
                    response.raise_for_status()
                    # The first gap of a connection happened while we were away; later ones are
                    # items that the sender replaced by newer ones.
                    reason = metrics.AWAY
                    async for headers, body in parts(response):
                        newest.take(link, Envelope.from_headers(headers), body, reason)
                        reason, away_since, told = metrics.REPLACED, time.monotonic(), False
            except (httpx.HTTPError, BadEnvelope, ValueError) as error:
                trouble = error
            away = time.monotonic() - away_since
            if away > _TELL_SECONDS and not told:
                told = True
                log.warning("%s: nothing from %s for %.0f s: %s", link.link, link.url, away, trouble)
            await asyncio.sleep(_PAUSE_SECONDS)
