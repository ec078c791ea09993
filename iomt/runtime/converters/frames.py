"""Frames that wait for what will be found in them."""

import asyncio
import time
from collections import OrderedDict

from iomt.contract.envelope import Envelope
from iomt.runtime.device import GaveUp

_WAIT_SECONDS = 1.0
"""Results come after their frame, unless its way here is the longer one."""
_MOST_BYTES = 256 << 20

_Key = tuple[str, int, int, int]


class Frames:
    """The frames of the last ``seconds``, of all sources together at most 256 MiB."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[_Key, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self._newest: dict[str, int] = {}
        self._arrived = asyncio.Condition()

    async def keep(self, envelope: Envelope, body: bytes) -> None:
        """Take one frame in, and let old ones go."""
        now = time.monotonic()
        self._let_go(_key(envelope))
        self._kept[_key(envelope)] = now, body
        self._bytes += len(body)
        self._newest[envelope.source] = max(envelope.captured_ns, self._newest.get(envelope.source, 0))
        while self._kept:
            key, (since, _) = next(iter(self._kept.items()))
            if now - since <= self._seconds and self._bytes <= _MOST_BYTES:
                break
            self._let_go(key)
        async with self._arrived:
            self._arrived.notify_all()

    async def find(self, envelope: Envelope) -> bytes:
        """The frame that a message is about. Raises `GaveUp` where it is gone or does not come."""
        try:
            async with asyncio.timeout(_WAIT_SECONDS), self._arrived:
                await self._arrived.wait_for(lambda: self._is_decided(envelope))
        except TimeoutError:
            pass
        if kept := self._kept.get(_key(envelope)):
            return kept[1]
        raise GaveUp(
            f"frame {envelope.frame} of {envelope.source} is not here: link what the detector reads to this "
            "node too, without `max_rate`; where the detector is slow, a longer `keep` helps"
        )

    def _is_decided(self, envelope: Envelope) -> bool:
        """It is here, or newer ones are."""
        return _key(envelope) in self._kept or self._newest.get(envelope.source, 0) > envelope.captured_ns

    def _let_go(self, key: _Key) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone[1]) if gone else 0


def _key(envelope: Envelope) -> _Key:
    return envelope.source, envelope.frame, envelope.captured_ns, envelope.part
