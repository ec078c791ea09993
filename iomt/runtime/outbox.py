"""Messages on their way into a JetStream stream: in order, kept until the broker acknowledged them.

A window of messages is under way at once (one round trip each would halve the rate). After a
reconnection, a refusal or a missing acknowledgement everything that still waits goes again, in
order; the stream knows what it has by ``Nats-Msg-Id``.
"""

import asyncio
import json
import logging
import time
from collections import deque
from dataclasses import dataclass

import nats
from nats.aio.msg import Msg

from iomt.contract import metrics
from iomt.contract.ledger import Ledger
from iomt.runtime.connection import Broker

_WINDOW = 128
_ACK_SECONDS = 5.0
_PAUSE_SECONDS = (0.1, 2.0)
LIMIT_BYTES = 64 * 2**20
"""What a device keeps in memory while the broker is away or its stream is full."""


@dataclass(slots=True)
class _Entry:
    subject: str
    body: bytes
    headers: dict[str, str]
    done: asyncio.Future[None]
    sent: float = 0.0


class Outbox:
    """The way of one output port into its stream."""

    def __init__(self, broker: Broker, port: str, ledger: Ledger, log: logging.Logger) -> None:
        self._broker = broker
        self._ledger = ledger
        self._log = log
        self._entries: dict[int, _Entry] = {}
        self._unsent: deque[int] = deque()
        self._bytes = 0
        self._next = 0
        self._pause = 0.0
        self._refusal = ""
        self._refused_some = False
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._inbox = ""
        self._task: asyncio.Task[None] | None = None
        self._waiting_key = metrics.key(metrics.OUTPUT_WAITING, port=port)
        self._accepted_key = metrics.key(metrics.ACCEPTED, port=port)
        self._duplicate_key = metrics.key(metrics.DEDUPLICATED, port=port)

    @property
    def waiting(self) -> int:
        """How many messages the stream has not acknowledged yet."""
        return len(self._entries)

    @property
    def full(self) -> bool:
        """Whether a live source must drop what it has."""
        return self._bytes >= LIMIT_BYTES

    async def start(self) -> None:
        """Listen for acknowledgements and begin to send."""
        self._ledger.set(self._waiting_key, 0)
        self._inbox = self._broker.client.new_inbox()
        await self._broker.client.subscribe(f"{self._inbox}.*", cb=self._acknowledged)
        self._broker.on_return(self._rewind)
        self._task = asyncio.create_task(self._send_all())

    def offer(self, subject: str, body: bytes, headers: dict[str, str]) -> asyncio.Future[None]:
        """Take one message; the future is done when the stream has it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._next += 1
        self._entries[self._next] = _Entry(subject, body, headers, done)
        self._unsent.append(self._next)
        self._bytes += len(body)
        self._ledger.set(self._waiting_key, len(self._entries))
        self._wake.set()
        return done

    async def room(self, below: int = _WINDOW) -> None:
        """Wait until fewer than ``below`` messages wait: back-pressure for a source that can wait."""
        while len(self._entries) >= below or self.full:
            self._moved.clear()
            await self._moved.wait()

    async def flush(self, seconds: float) -> int:
        """Wait until nothing waits, at most so long; returns how many are left."""
        try:
            async with asyncio.timeout(seconds):
                await self.room(1)
        except TimeoutError:
            self._log.error("%d messages did not reach the broker", len(self._entries))
        return len(self._entries)

    async def stop(self) -> None:
        """Send no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _send_all(self) -> None:
        while True:
            self._wake.clear()
            if self._refused_some:
                await asyncio.sleep(self._pause)
                self._rewind()
            while (
                self._unsent
                and self._broker.connected
                and not self._refused_some
                and self._under_way() < _WINDOW
            ):
                number = self._unsent.popleft()
                entry = self._entries.get(number)
                if entry is not None:
                    entry.sent = time.monotonic()
                    await self._send(number, entry)
            try:
                async with asyncio.timeout(1.0):
                    await self._wake.wait()
            except TimeoutError:
                self._rewind_if_overdue()

    async def _send(self, number: int, entry: _Entry) -> None:
        try:
            await self._broker.client.publish(
                entry.subject, entry.body, reply=f"{self._inbox}.{number}", headers=entry.headers
            )
        except nats.errors.Error as error:
            self._refused(str(error) or type(error).__name__)

    def _under_way(self) -> int:
        return len(self._entries) - len(self._unsent)

    async def _acknowledged(self, message: Msg) -> None:
        number = int(message.subject.rpartition(".")[2])
        if number not in self._entries:
            return  # a second acknowledgement, of a message that went twice
        if message.headers and message.headers.get("Status") == "503":
            self._refused("no stream listens (JetStream is not ready)")
            return
        answer = json.loads(message.data)
        if "error" in answer:
            self._refused(answer["error"].get("description", "refused"))
            return
        entry = self._entries.pop(number)
        self._bytes -= len(entry.body)
        self._pause, self._refusal = 0.0, ""
        self._ledger.add(self._duplicate_key if answer.get("duplicate") else self._accepted_key)
        self._ledger.set(self._waiting_key, len(self._entries))
        if not entry.done.done():
            entry.done.set_result(None)
        self._moved.set()
        self._wake.set()

    def _refused(self, reason: str) -> None:
        if reason != self._refusal:
            self._refusal = reason
            self._log.warning("the broker does not take messages: %s; %d wait", reason, len(self._entries))
        low, high = _PAUSE_SECONDS
        if not self._refused_some:
            self._refused_some = True
            self._pause = min(max(self._pause * 2, low), high)
        self._wake.set()

    def _rewind(self) -> None:
        self._refused_some = False
        self._unsent = deque(self._entries)
        self._wake.set()

    def _rewind_if_overdue(self) -> None:
        oldest = next(iter(self._entries.values()), None)
        if oldest and oldest.sent and time.monotonic() - oldest.sent > _ACK_SECONDS:
            self._rewind()
