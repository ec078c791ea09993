"""Removal of objects that are older than a lake keeps them, or for which it has no room.

Ours and not the store's: the S3 gateway that `iomt run` starts has no lifecycle rules, and no object
store removes by the size of a bucket.
"""

import asyncio
import heapq
import logging
import time
from collections.abc import AsyncIterator

from iomt.runtime.objects import Listed, ObjectStore

_ROUND_SECONDS = (1.0, 60.0)
_SIZE_ROUND_SECONDS = 2.0
_PAGE = 1000
_FOREIGN = 2**63
"""The capture time of an object that is not ours: never old."""


class Retention:
    """Removes what was captured longer ago than ``keep_seconds`` (0: nothing), and the oldest while the
    bucket holds more than ``size`` bytes (0: as many as come). Keys carry the capture time.
    """

    def __init__(
        self, objects: ObjectStore, bucket: str, keep_seconds: float, size: int, log: logging.Logger
    ) -> None:
        self._objects = objects
        self._bucket = bucket
        self._keep_seconds = keep_seconds
        self._size = size
        self._log = log
        self.held = 0
        """Bytes in the bucket, kept where there is a ``size``. An object that was overwritten by its own
        redelivery counts twice until the next start."""

    async def count(self) -> None:
        """Look at what is there; before anything is stored."""
        if self._size:
            async for page in self._pages(""):
                self.held += sum(each.size for each in page)

    def stored(self, size: int) -> None:
        """One more object is there."""
        self.held += size

    async def keep(self) -> None:
        """Go round for ever; a store that is away is tried again in the next round."""
        low, high = _ROUND_SECONDS
        pause = min(max(self._keep_seconds / 10, low), high) if self._keep_seconds else high
        if self._size:
            pause = min(pause, _SIZE_ROUND_SECONDS)
        while True:
            await asyncio.sleep(pause)
            try:
                removed = await self.round(time.time_ns())
            except Exception as error:
                self._log.warning("retention: %s: %s", type(error).__name__, error)
            else:
                if removed:
                    self._log.info("retention: removed %d objects", removed)

    async def round(self, now_ns: int) -> int:
        """Remove what is too old now, then what is too much; returns how many objects."""
        removed = await self._too_old(now_ns - int(self._keep_seconds * 1e9)) if self._keep_seconds else 0
        while self._size and self.held > self._size:
            gone = await self._too_much()
            if not gone:
                break
            removed += gone
        return removed

    async def _too_old(self, oldest: int) -> int:
        removed = 0
        for source in await self._objects.folders(self._bucket):
            # Keys of one source are in the order of capture: the first young one ends its round.
            async for page in self._pages(source):
                old = [each for each in page if _captured_ns(each.key) < oldest]
                await self._remove(old)
                removed += len(old)
                if len(old) < len(page):
                    break
        return removed

    async def _too_much(self) -> int:
        """Remove the oldest of all sources, as far as one page of each tells; how many."""
        pages = [
            await self._objects.listed(self._bucket, source, "", _PAGE)
            for source in await self._objects.folders(self._bucket)
        ]
        # Past the end of a full page the source may have objects that are older than the others'.
        known = min((_captured_ns(page[-1].key) for page in pages if len(page) == _PAGE), default=_FOREIGN)
        excess, oldest = self.held - self._size, []
        for each in heapq.merge(*pages, key=lambda each: _captured_ns(each.key)):
            captured = _captured_ns(each.key)
            if excess <= 0 or captured > known or captured == _FOREIGN:
                break
            oldest.append(each)
            excess -= each.size
        await self._remove(oldest)
        return len(oldest)

    async def _remove(self, objects: list[Listed]) -> None:
        await self._objects.remove(self._bucket, [each.key for each in objects])
        self.held -= sum(each.size for each in objects)

    async def _pages(self, prefix: str) -> AsyncIterator[list[Listed]]:
        after = ""
        while page := await self._objects.listed(self._bucket, prefix, after, _PAGE):
            yield page
            after = page[-1].key


def _captured_ns(key: str) -> int:
    stamp = key.rpartition("/")[2].partition("-")[0]
    return int(stamp) if stamp.isdigit() else _FOREIGN
