"""Live links: per link and source the newest messages wait, older ones are dropped and counted."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable

from iomt.contract import metrics
from iomt.contract.envelope import Envelope
from iomt.contract.settings import Input
from iomt.runtime.device import GaveUp, Message, Rejected
from iomt.runtime.inputs.account import LatestAccount
from iomt.runtime.inputs.thinning import Thinning

Handle = Callable[[Message], Awaitable[None]]
Fetch = Callable[[str], Awaitable[bytes]]
_Key = tuple[str, str, int]


class Newest:
    """The waiting room of all live links of a device.

    Each source of a link has its own place, and places take turns, so that one camera of a lake
    cannot hide another. So has each part: the crops of one frame do not replace each other.
    """

    def __init__(self, handle: Handle, fetch: Fetch, concurrency: int, log: logging.Logger) -> None:
        self._handle = handle
        self._fetch = fetch
        self._log = log
        self._concurrency = concurrency
        self._places: dict[_Key, deque[Message]] = {}
        self._turns: deque[_Key] = deque()
        self._turn = asyncio.Semaphore(0)
        self._empty = asyncio.Event()
        self._accounts: dict[str, LatestAccount] = {}
        self._thinning: dict[str, Thinning] = {}
        self._troubles: dict[_Key, str] = {}
        self._workers: list[asyncio.Task[None]] = []

    def open(self, link: Input, account: LatestAccount) -> None:
        """Make a link known before its first message."""
        self._accounts[link.link] = account
        self._thinning[link.link] = Thinning(link.max_rate)

    def start(self) -> None:
        """Begin to handle."""
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._concurrency)]

    def take(self, link: Input, envelope: Envelope, body: bytes, gap_reason: str = metrics.AWAY) -> None:
        """Take one message; never waits."""
        account = self._accounts[link.link]
        if not account.arrived(envelope, gap_reason):
            return
        if not self._thinning[link.link].passes(time.monotonic_ns()):
            account.dropped(metrics.MAX_RATE)
            return
        key = (link.link, envelope.source, envelope.part)
        place = self._places.setdefault(key, deque())
        place.append(Message(envelope, body, link))
        if len(place) > link.buffer:
            place.popleft()
            account.dropped(metrics.REPLACED)
        else:
            self._turns.append(key)
            self._turn.release()

    async def stop(self, seconds: float) -> None:
        """Let what is waiting be handled, for at most so long; then stop."""
        if self._turns:
            self._empty.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._empty.wait()
        self._turn = asyncio.Semaphore(0)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            await self._turn.acquire()
            message = self._places[self._turns.popleft()].popleft()
            if not self._turns:
                self._empty.set()
            # Shielded: a message in hand is finished even when the device stops.
            task = asyncio.create_task(self._one(message))
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                await task
                raise

    async def _one(self, message: Message) -> None:
        account = self._accounts[message.input.link]
        try:
            if message.envelope.claim:
                body = await self._fetch(message.envelope.claim)
                message = Message(message.envelope, body, message.input)
            await self._handle(message)
        except Rejected as error:
            self._tell(logging.WARNING, message, str(error))
            account.dropped(metrics.UNREADABLE)
        except GaveUp as error:
            self._tell(logging.ERROR, message, str(error))
            account.dropped(metrics.GAVE_UP)
        except Exception as error:
            self._tell(logging.ERROR, message, f"{type(error).__name__}: {error}")
            account.dropped(metrics.GAVE_UP)
        else:
            account.delivered(message.envelope)

    def _tell(self, level: int, message: Message, trouble: str) -> None:
        """Once, not for every frame of a camera: each is counted, which says how many they were."""
        key = (message.input.link, message.envelope.source, message.envelope.part)
        if self._troubles.get(key) != trouble:
            self._troubles[key] = trouble
            self._log.log(
                level, "%s: %s", message.input.link, trouble, extra={"source": message.envelope.source}
            )
