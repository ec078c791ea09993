"""The monitor's device: takes frames and results, serves the page and its WebSocket.

What goes over ``/live``: text messages are JSON, ``hello`` (graph, title, sources, the server's
time), ``result`` (a result as the analyzer published it) and, from the page, ``drawn`` (source).
Binary messages are frames: length of a JSON header (4 bytes, big-endian), the header (source,
frame, captured_ns, now_ms (the server's clock), width, height), the JPEG as the camera gave it.
"""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from iomt.contract.envelope import Envelope
from iomt.contract.results import Result
from iomt.runtime.actuators.monitor.viewer import Viewer
from iomt.runtime.device import Context, Device, Message, Rejected

REPLACED = "iomt_viewer_replaced_total"  # passed over because a page was slower than its cameras
LIVE = "/live"
FRAMES, RESULTS = "frames", "results"
MOST_VIEWERS = 64

_FOLDER = Path(__file__).parent
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/picture.js": ("picture.js", "text/javascript; charset=utf-8"),
    "/tile.js": ("tile.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_JPEG_START = b"\xff\xd8"
_LATE_NS = 10_000_000_000
_POLICY_VIOLATION, _TRY_LATER = 1008, 1013


class Monitor(Device):
    """Keeps the newest frame of every source and the newest result of every analyzer and source.

    A page that opens sees them at once; after that it is told what is new, as fast as it can draw.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._frames: dict[str, tuple[int, bytes]] = {}
        self._results: dict[tuple[str, str], tuple[int, str]] = {}
        self.viewers: set[Viewer] = set()

    async def handle(self, message: Message) -> None:
        """Take a frame or a result; never waits for a page."""
        if message.input.port == FRAMES:
            self._take_frame(message)
        else:
            self._take_result(message)

    async def drain(self) -> None:
        """Close the pages' connections, so that the server can end."""
        for viewer in self.viewers:
            viewer.close()

    def routes(self) -> Sequence[BaseRoute]:
        """The page, its files and its WebSocket."""
        pages = [Route(path, _file(*about)) for path, about in _FILES.items()]
        return (*pages, WebSocketRoute(LIVE, self._live))

    def _take_frame(self, message: Message) -> None:
        about = message.envelope
        if not message.body.startswith(_JPEG_START):
            raise Rejected(f"a frame of {about.source} is no JPEG")
        tile = _tile(about.source, about.part)
        if _is_late(about.captured_ns, self._frames.get(tile)):
            return
        packet = _packet(tile, about, message.body)
        self._frames[tile] = about.captured_ns, packet
        for viewer in self.viewers:
            viewer.show_frame(tile, packet)

    def _take_result(self, message: Message) -> None:
        try:
            result = Result.from_json(message.body)
        except ValueError as error:
            raise Rejected(str(error)) from error
        if result.part:
            result = replace(result, source=_tile(result.source, result.part))
        key = result.source, result.node
        if _is_late(result.captured_ns, self._results.get(key)):
            return
        text = '{"type":"result",' + result.to_json().decode().removeprefix("{")
        self._results[key] = result.captured_ns, text
        for viewer in self.viewers:
            viewer.show_result(*key, text)

    async def _live(self, websocket: WebSocket) -> None:
        if not _same_origin(websocket):
            await websocket.close(_POLICY_VIOLATION)
            return
        await websocket.accept()
        if len(self.viewers) >= MOST_VIEWERS:
            await websocket.close(_TRY_LATER, f"{MOST_VIEWERS} pages are open already")
            return
        viewer = Viewer(lambda: self.context.ledger.add(REPLACED))
        for source, (_, packet) in self._frames.items():
            viewer.show_frame(source, packet)
        for (source, node), (_, text) in self._results.items():
            viewer.show_result(source, node, text)
        self.viewers.add(viewer)
        try:
            await viewer.serve(websocket, self._greeting())
        finally:
            self.viewers.discard(viewer)

    def _greeting(self) -> str:
        graph = self.context.settings.graph
        sources = sorted({*self._frames, *(source for source, _ in self._results)})
        return json.dumps(
            {
                "type": "hello",
                "graph": graph,
                "title": self.context.options.get("title") or graph,
                "sources": sources,
                "now_ms": time.time_ns() // 1_000_000,
            }
        )


def _tile(source: str, part: int) -> str:
    """A crop is no picture of the whole, and has a tile of its own."""
    return f"{source} #{part}" if part else source


def _packet(tile: str, about: Envelope, jpeg: bytes) -> bytes:
    header = json.dumps(
        {
            "source": tile,
            "frame": about.frame,
            "captured_ns": about.captured_ns,
            "now_ms": time.time_ns() // 1_000_000,
            "width": about.width,
            "height": about.height,
        }
    ).encode()
    return len(header).to_bytes(4) + header + jpeg


def _is_late(captured_ns: int, newest: tuple[int, object] | None) -> bool:
    """Whether something newer is shown already.

    Two links may bring the same camera on ways of different length. What is older by more than ten
    seconds is not late: its clock was set back, and the picture must not freeze.
    """
    return newest is not None and newest[0] - _LATE_NS < captured_ns <= newest[0]


def _same_origin(websocket: WebSocket) -> bool:
    # Any site may open a WebSocket to any address; only our own page may watch the cameras.
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    body = (_FOLDER / name).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type=media_type, headers=_HEADERS)

    return answer
