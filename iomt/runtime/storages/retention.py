"""Removal of objects older than a lake keeps them.

Ours and not the store's: the S3 gateway that `iomt run` starts has no lifecycle rules.
"""

import asyncio
import logging
import time

from iomt.runtime.objects import ObjectStore

_ROUND_SECONDS = (1.0, 60.0)
_PAGE = 1000


class Retention:
    """Removes what was captured longer ago than ``keep_seconds``; keys carry the capture time."""

    def __init__(self, objects: ObjectStore, bucket: str, keep_seconds: float, log: logging.Logger) -> None:
        self._objects = objects
        self._bucket = bucket
        self._keep_seconds = keep_seconds
        self._log = log

    async def keep(self) -> None:
        """Go round for ever; a store that is away is tried again in the next round."""
        low, high = _ROUND_SECONDS
        while True:
            await asyncio.sleep(min(max(self._keep_seconds / 10, low), high))
            try:
                removed = await self.round(time.time_ns())
            except Exception as error:
                self._log.warning("retention: %s: %s", type(error).__name__, error)
            else:
                if removed:
                    self._log.info("retention: removed %d objects", removed)

    async def round(self, now_ns: int) -> int:
        """Remove what is too old now; returns how many objects."""
        oldest = now_ns - int(self._keep_seconds * 1e9)
        removed = 0
        for source in await self._objects.folders(self._bucket):
            after = ""
            # Keys of one source are in the order of capture: the first young one ends its round.
            while keys := await self._objects.keys(self._bucket, source, after, _PAGE):
                old = [key for key in keys if _captured_ns(key) < oldest]
                await self._objects.remove(self._bucket, old)
                removed += len(old)
                if len(old) < len(keys):
                    break
                after = keys[-1]
        return removed


def _captured_ns(key: str) -> int:
    stamp = key.rpartition("/")[2].partition("-")[0]
    # A foreign object is never old.
    return int(stamp) if stamp.isdigit() else 2**63
