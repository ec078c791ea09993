"""One open page: what it was sent, what waits, and what it acknowledged."""

import asyncio
import contextlib
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

MOST_UNDRAWN = 2
"""Frames of one source on their way at once: one being drawn while the next one travels."""
_GOING_AWAY = 1001
_GONE = (WebSocketDisconnect, OSError, RuntimeError)
"""A page that went away in the middle of a frame."""
_FOREIGN = (ValueError, KeyError)
"""A message that no page of ours sends."""


class Viewer:
    """The sending side of one WebSocket, with credit per source.

    A frame leaves only when the page has drawn the ones before (at most `MOST_UNDRAWN` of a source
    are not acknowledged); until then the newest waits and replaces the one that waited. So a page
    that is slow, hidden or stalled holds one frame of each source, and `show_frame` never waits.
    ``replaced`` is called for everything that was passed over.
    """

    def __init__(self, replaced: Callable[[], None]) -> None:
        self._replaced = replaced
        self._frames: dict[str, bytes] = {}
        self._results: dict[tuple[str, str], str] = {}
        self._undrawn: dict[str, int] = {}
        self._news = asyncio.Event()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Frames and results that wait to be sent."""
        return len(self._frames) + len(self._results)

    def show_frame(self, source: str, packet: bytes) -> None:
        """Send when there is credit, unless a newer one comes first."""
        if source in self._frames:
            self._replaced()
        self._frames[source] = packet
        self._news.set()

    def show_result(self, source: str, node: str, text: str) -> None:
        """Send as soon as the connection takes it, unless a newer one of this analyzer comes first."""
        if (source, node) in self._results:
            self._replaced()
        self._results[source, node] = text
        self._news.set()

    def close(self) -> None:
        """Say good-bye: the page connects again by itself."""
        self._closing = True
        self._news.set()

    async def serve(self, websocket: WebSocket, greeting: str) -> None:
        """Send and read until either side goes."""
        await websocket.send_text(greeting)
        sending = asyncio.create_task(self._send(websocket))
        reading = asyncio.create_task(self._read(websocket))
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, reading):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, *_GONE, *_FOREIGN):
                    await task
            if websocket.application_state is WebSocketState.CONNECTED:
                with contextlib.suppress(*_GONE):
                    await websocket.close(_GOING_AWAY)

    async def _send(self, websocket: WebSocket) -> None:
        while not self._closing:
            await self._news.wait()
            self._news.clear()
            while not self._closing:
                results, self._results = self._results, {}
                for text in results.values():
                    await websocket.send_text(text)
                sendable = [source for source in self._frames if self._has_credit(source)]
                for source in sendable:
                    self._undrawn[source] = self._undrawn.get(source, 0) + 1
                    await websocket.send_bytes(self._frames.pop(source))
                if not results and not sendable:
                    break

    async def _read(self, websocket: WebSocket) -> None:
        async for message in websocket.iter_json():
            if isinstance(message, dict) and message.get("type") == "drawn":
                self._drawn(message.get("source"))

    def _drawn(self, source: object) -> None:
        if isinstance(source, str) and self._undrawn.get(source, 0) > 0:
            self._undrawn[source] -= 1
            self._news.set()

    def _has_credit(self, source: str) -> bool:
        return self._undrawn.get(source, 0) < MOST_UNDRAWN
