"""Durable links: taken from a JetStream consumer, acknowledged only after the effect is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import nats
from nats.aio.msg import Msg
from nats.js.client import JetStreamContext

from iomt.contract import metrics
from iomt.contract.envelope import BadEnvelope, Envelope
from iomt.contract.settings import Input
from iomt.runtime.connection import Broker
from iomt.runtime.device import GaveUp, Message, Rejected
from iomt.runtime.inputs.account import DurableAccount
from iomt.runtime.inputs.redirected import redirected

_FETCH_SECONDS = 1.0
_BATCH = 64
_BEAT_SECONDS = 3.0
"""How often the broker is told that a message is still worked on; below a third of its ack_wait."""
_RETRY_SECONDS = (0.5, 10.0)


class DurableReader:
    """Reads one durable link. At most ``concurrency`` messages are taken at once."""

    def __init__(
        self,
        link: Input,
        broker: Broker,
        handle: Callable[[Message], Awaitable[None]],
        fetch: Callable[[str], Awaitable[bytes]],
        concurrency: int,
        account: DurableAccount,
        log: logging.Logger,
    ) -> None:
        self._link = link
        self._broker = broker
        self._handle = handle
        self._fetch = fetch
        self._account = account
        self._log = log
        self._free = concurrency
        self._freed = asyncio.Event()
        self._in_hand: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._trouble = ""

    def start(self) -> None:
        """Begin to take messages."""
        self._task = asyncio.create_task(self._take_all())

    async def stop(self, seconds: float) -> None:
        """Take no more; wait for what is in hand, and hand back what is not done by then."""
        self._stopping = True
        self._freed.set()
        if self._task:
            # Never in the middle of a fetch: what the broker just gave would be lost to view
            # until its ack_wait is over.
            await asyncio.wait({self._task}, timeout=_FETCH_SECONDS * 2)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _take_all(self) -> None:
        subscription = await self._bind()
        while not self._stopping:
            while self._free <= 0 and not self._stopping:
                self._freed.clear()
                await self._freed.wait()
            if self._free <= 0:
                return
            try:
                messages = await subscription.fetch(min(_BATCH, self._free), timeout=_FETCH_SECONDS)
            except TimeoutError:
                continue  # nothing came
            except nats.errors.Error as error:
                self._tell(str(error) or type(error).__name__)
                await asyncio.sleep(_RETRY_SECONDS[0])
                continue
            self._trouble = ""
            for message in messages:
                self._free -= 1
                task = asyncio.create_task(self._settle(message))
                self._in_hand.add(task)
                task.add_done_callback(self._done)

    async def _bind(self) -> JetStreamContext.PullSubscription:
        js = self._broker.client.jetstream()
        return await js.pull_subscribe_bind(consumer=self._link.consumer, stream=self._link.stream)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._free += 1
        self._freed.set()

    async def _settle(self, raw: Msg) -> None:
        beat = asyncio.create_task(self._beat(raw))
        try:
            await self._effect(raw)
        except asyncio.CancelledError:
            await self._answer(raw.nak())
            raise
        finally:
            beat.cancel()

    async def _effect(self, raw: Msg) -> None:
        attempt = raw.metadata.num_delivered or 1
        if attempt > 1:
            self._account.redelivered()
        try:
            if raw.subject != self._link.subject:
                raise Rejected(redirected(raw))
            envelope = Envelope.from_headers(raw.headers)
            body = await self._fetch(envelope.claim) if envelope.claim else raw.data
            await self._handle(Message(envelope, body, self._link, attempt))
        except (Rejected, BadEnvelope) as error:
            self._log.warning("%s: %s", self._link.link, error)
            self._account.dropped(metrics.UNREADABLE)
            await self._answer(raw.term())
        except GaveUp as error:
            self._log.error("%s: %s", self._link.link, error)
            self._account.dropped(metrics.GAVE_UP)
            await self._answer(raw.term())
        except Exception as error:
            self._tell(f"{type(error).__name__}: {error}")
            self._account.retried()
            low, high = _RETRY_SECONDS
            await self._answer(raw.nak(delay=min(low * 2 ** min(attempt - 1, 10), high)))
        else:
            self._trouble = ""
            await self._answer(raw.ack())
            self._account.delivered(envelope)

    async def _beat(self, raw: Msg) -> None:
        while True:
            await asyncio.sleep(_BEAT_SECONDS)
            await self._answer(raw.in_progress())

    async def _answer(self, answer: Awaitable[None]) -> None:
        """An answer that the broker does not get is made good by its redelivery."""
        try:
            await answer
        except nats.errors.Error as error:
            self._tell(f"answer not sent: {error}")

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._log.warning("%s: %s", self._link.link, trouble)
