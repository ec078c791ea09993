"""One output port: gives each item its sequence and envelope, and sends it where it is read."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable

from iomt.contract import limits, metrics, names
from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.settings import Output, Settings
from iomt.runtime.connection import Broker
from iomt.runtime.device import Capture
from iomt.runtime.outbox import Outbox

_WARN_EVERY = 500


class OutputPort:
    """Publishes to the broker (live, and into a stream when the port has one) and to HTTP readers."""

    def __init__(
        self, output: Output, settings: Settings, broker: Broker | None, ledger: Ledger, log: logging.Logger
    ) -> None:
        self.output = output
        self._node = settings.node
        self._broker = broker
        self._ledger = ledger
        self._log = log
        self._outbox = Outbox(broker, output.port, ledger, log) if broker and output.stream else None
        self._published = metrics.key(metrics.PUBLISHED, port=output.port)
        self._bytes = metrics.key(metrics.PUBLISHED_BYTES, port=output.port)
        self._newest_key = metrics.key(metrics.NEWEST, port=output.port)
        self._viewers: set[Callable[[Envelope, bytes], None]] = set()
        self._arrivals: set[asyncio.Event] = set()
        self.newest: tuple[Envelope, bytes] | None = None

    async def start(self) -> None:
        """Begin to send; the broker is connected."""
        if self._outbox is not None:
            await self._outbox.start()

    async def offer(
        self, capture: Capture, origin: Envelope | None = None, claim: str = "", wait: bool = True
    ) -> asyncio.Future[None] | None:
        """Give one item its place in the sequence and send it.

        The future is done once the stream has it; None where nobody durable reads or the item
        was dropped (and counted). ``wait``: wait for room in the outbox instead of dropping.
        """
        if self._outbox is not None and wait:
            await self._outbox.room()
        envelope = self._envelope(capture, origin, claim)
        self.newest = (envelope, capture.body)
        self._ledger.add(self._bytes, len(capture.body))
        self._ledger.set(self._newest_key, capture.captured_ns)
        for show in self._viewers:
            show(envelope, capture.body)
        if self._broker is None or not self.output.subject:
            return None
        if len(capture.body) + limits.HEADER_ROOM > self._limit():
            self._drop(metrics.TOO_LARGE, f"{len(capture.body)} bytes, the broker takes {self._limit()}")
            return None
        headers = envelope.headers()
        if self._outbox is None:
            if self._broker.connected:
                await self._broker.client.publish(self.output.subject, capture.body, headers=headers)
            return None
        if self._outbox.full:
            self._drop(metrics.BUFFER_FULL, f"{self._outbox.waiting} messages wait for the broker")
            return None
        return self._outbox.offer(self.output.subject, capture.body, headers)

    async def drain(self, seconds: float) -> None:
        """Wait until the stream has everything."""
        if self._outbox is not None:
            await self._outbox.flush(seconds)
            await self._outbox.stop()

    async def view(self) -> AsyncIterator[tuple[Envelope, bytes]]:
        """The items from now on, for one HTTP reader: always the newest, never a queue."""
        slot: list[tuple[Envelope, bytes]] = []
        arrived = asyncio.Event()

        def show(envelope: Envelope, body: bytes) -> None:
            slot[:] = [(envelope, body)]
            arrived.set()

        self._viewers.add(show)
        self._arrivals.add(arrived)
        try:
            while True:
                await arrived.wait()
                arrived.clear()
                if not slot:
                    return  # `end_views`
                yield slot.pop()
        finally:
            self._viewers.discard(show)
            self._arrivals.discard(arrived)

    def end_views(self) -> None:
        """Have every HTTP reader's stream come to its end, after the item that is under way."""
        for arrived in self._arrivals:
            arrived.set()

    def _limit(self) -> int:
        return self._broker.client.max_payload if self._broker else 0

    def _envelope(self, capture: Capture, origin: Envelope | None, claim: str) -> Envelope:
        port, epoch = self.output.port, self._ledger.epoch
        sequence = self._ledger.get(self._published) + 1
        self._ledger.set(self._published, sequence)
        message_id = names.message_id(self._node, port, epoch, sequence)
        if origin is not None:
            # Made again from the same message it is the same message: the stream keeps one.
            message_id = f"{self._node}.{port}<{origin.message_id}"
        return Envelope(
            node=self._node,
            port=port,
            epoch=epoch,
            sequence=sequence,
            source=origin.source if origin else self._node,
            frame=origin.frame if origin else sequence,
            captured_ns=capture.captured_ns,
            media_type=capture.media_type,
            width=capture.width,
            height=capture.height,
            message_id=message_id,
            trace_parent=origin.trace_parent if origin else _trace_parent(),
            claim=claim,
        )

    def _drop(self, reason: str, detail: str) -> None:
        key = metrics.key(metrics.OUTPUT_DROPPED, port=self.output.port, reason=reason)
        if self._ledger.get(key) % _WARN_EVERY == 0:
            self._log.error("dropped from %s (%s): %s", self.output.port, reason, detail)
        self._ledger.add(key)


def _trace_parent() -> str:
    """A new W3C trace: one for each captured item, carried through everything made from it."""
    return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"
