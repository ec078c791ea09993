"""Results as JSON lines, one object an interval."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

from iomt.contract import metrics, names
from iomt.contract.quantity import seconds
from iomt.runtime.device import Context, Device, Message
from iomt.runtime.objects import ObjectStore

_BATCH_BYTES = 4 * 2**20
_RETRY_SECONDS = (0.5, 10.0)
JSON_LINES = "application/jsonl"


@dataclass(slots=True)
class _Batch:
    messages: list[Message] = field(default_factory=list)
    size: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    stored: asyncio.Event = field(default_factory=asyncio.Event)


class ResultLog(Device):
    """Collects results for an interval and writes them as one object.

    A message is done, and so acknowledged, when the object that holds it is stored. Keys are made
    of the first and last result and their count: a batch that is delivered again whole overwrites
    its own object; cut differently it repeats lines (same node, source and frame), and loses none.
    """

    concurrency = 1024

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        assert context.objects
        self._objects: ObjectStore = context.objects
        self._log: logging.Logger = context.log
        self._interval = seconds(context.options.get("interval", "5s"))
        self._open: dict[str, _Batch] = {}
        self._writing: set[asyncio.Task[None]] = set()

    async def handle(self, message: Message) -> None:
        """Add a result to the open batch of its link and wait until it is stored."""
        link = message.input.link
        batch = self._open.get(link)
        if batch is None:
            batch = self._open[link] = _Batch()
            task = asyncio.create_task(self._write_later(link, batch))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
        batch.messages.append(message)
        batch.size += len(message.body)
        if batch.size >= _BATCH_BYTES or len(batch.messages) >= self.concurrency // 2:
            del self._open[link]
            batch.closed.set()
        await batch.stored.wait()

    async def release(self) -> None:
        """Write what is open now, whatever the interval says."""
        self._interval = 0.0
        for batch in self._open.values():
            batch.closed.set()

    async def _write_later(self, link: str, batch: _Batch) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._interval):
                await batch.closed.wait()
        if self._open.get(link) is batch:
            del self._open[link]
        await self._write(batch)
        batch.stored.set()

    async def _write(self, batch: _Batch) -> None:
        """Try until it is stored: the order of the log is kept, and the broker waits meanwhile."""
        settings = self.context.settings
        first, last = batch.messages[0].envelope, batch.messages[-1].envelope
        span = f"{first.sequence}-{last.sequence}-{len(batch.messages)}"
        key = names.object_key(first.node, first.captured_ns, first.sequence, f"{span}.jsonl")
        body = b"".join(message.body.strip() + b"\n" for message in batch.messages)
        pause, high = _RETRY_SECONDS
        while True:
            try:
                await self._objects.put(settings.bucket, key, body, JSON_LINES)
            except Exception as error:
                self._log.warning("store: %s: %s; again in %.1f s", type(error).__name__, error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, high)
            else:
                break
        self.context.ledger.add(metrics.STORED_OBJECTS)
        self.context.ledger.add(metrics.STORED_BYTES, len(body))
