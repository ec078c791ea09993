"""How long a device takes for one message, kept in the ledger as a histogram."""

import bisect
import time
from collections.abc import Awaitable, Callable

from iomt.contract import metrics
from iomt.contract.ledger import Ledger
from iomt.runtime.device import Message


class Timed:
    """A device's ``handle``; the messages whose effect was done are timed."""

    def __init__(self, handle: Callable[[Message], Awaitable[None]], ledger: Ledger) -> None:
        self._handle = handle
        self._ledger = ledger
        self._keys = [
            metrics.key(metrics.HANDLE_BUCKET, le=str(edge)) for edge in (*metrics.HANDLE_EDGES, float("inf"))
        ]

    async def __call__(self, message: Message) -> None:
        """Handle one message."""
        begun = time.perf_counter()
        await self._handle(message)
        spent = time.perf_counter() - begun
        self._ledger.add(self._keys[bisect.bisect_left(metrics.HANDLE_EDGES, spent)])
