"""The HTTP side of every device: what it is, whether it is well, its counts, its newest items."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from iomt.contract import http
from iomt.contract.ledger import Ledger
from iomt.contract.settings import Settings
from iomt.runtime.device import State
from iomt.runtime.exposition import exposition
from iomt.runtime.output import OutputPort


class Server(uvicorn.Server):
    """uvicorn inside the device's own loop; signals stay with the shell."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def listening_socket(settings: Settings) -> socket.socket:
    """Bind at once, so that a port in use is told before anything else is done. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.http_port))
    return listener


def server(
    settings: Settings,
    state: State,
    ledger: Ledger,
    outputs: dict[str, OutputPort],
    own: Sequence[BaseRoute],
    hide: Callable[[str], str],
) -> Server:
    """A server with the common routes and the device's own. ``hide`` keeps secrets out of what it tells."""

    async def alive(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_: Request) -> Response:
        body = {"ready": state.ready, "state": state.word, "detail": hide(state.detail)}
        return JSONResponse(body, status_code=200 if state.ready else 503)

    async def counts(_: Request) -> Response:
        return PlainTextResponse(exposition(ledger.items()), media_type="text/plain; version=0.0.4")

    async def thing(_: Request) -> Response:
        return JSONResponse(_describe(settings, own))

    async def newest(request: Request) -> Response:
        port = outputs.get(request.path_params["port"])
        if port is None:
            return JSONResponse({"error": "no such port", "ports": sorted(outputs)}, status_code=404)
        if port.newest is None:
            return Response(status_code=204)
        envelope, body = port.newest
        headers = envelope.headers() | {"Cache-Control": "no-store"}
        return Response(body, headers=headers)

    async def stream(request: Request) -> Response:
        port = outputs.get(request.path_params["port"])
        if port is None:
            return JSONResponse({"error": "no such port", "ports": sorted(outputs)}, status_code=404)
        media_type = f"multipart/x-mixed-replace; boundary={http.BOUNDARY}"
        return StreamingResponse(
            _multipart(port), media_type=media_type, headers={"Cache-Control": "no-store"}
        )

    app = Starlette(
        routes=[
            Route(http.ALIVE, alive),
            Route(http.READY, ready),
            Route(http.METRICS, counts),
            Route(http.THING, thing),
            Route(f"{http.PORTS}/{{port}}", newest),
            Route(f"{http.PORTS}/{{port}}/stream", stream),
            *own,
        ]
    )
    return Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )


async def _multipart(port: OutputPort) -> AsyncIterator[bytes]:
    async for envelope, body in port.view():
        lines = [f"--{http.BOUNDARY}", *(f"{name}: {value}" for name, value in envelope.headers().items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        yield head.encode("latin-1") + body + b"\r\n"


def _describe(settings: Settings, own: Sequence[BaseRoute]) -> dict[str, object]:
    """What this MThing is and can do."""
    return {
        "graph": settings.graph,
        "name": settings.node,
        "kind": settings.kind,
        "device": settings.device,
        "model": settings.model or None,
        "produces": [
            {
                "port": each.port,
                "media": each.media,
                "newest": http.newest(each.port),
                "stream": http.stream(each.port),
            }
            for each in settings.outputs
        ],
        "accepts": [
            {"port": each.port, "from": each.source, "delivery": each.delivery, "transport": each.transport}
            for each in settings.inputs
        ],
        "paths": sorted(
            {http.ALIVE, http.READY, http.METRICS, http.THING}
            | {path for route in own if (path := getattr(route, "path", ""))}
        ),
    }
