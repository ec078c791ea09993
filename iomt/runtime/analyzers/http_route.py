"""``POST /analyze``: one image or sound in, what the model says of it out."""

import time
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from iomt.contract.envelope import CAPTURED, FRAME, SOURCE
from iomt.contract.http import ANALYZE
from iomt.runtime.device import Rejected

if TYPE_CHECKING:
    from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer

_MOST_WAITING = 8
"""Requests in hand; more would only wait longer, and hold memory while they do."""
_MOST_BYTES = 64 << 20


def analyze_route(analyzer: "HuggingFaceAnalyzer") -> Route:
    """The route of one analyzer. Its requests take turns with the messages of its links."""
    waiting = 0

    async def answer(request: Request) -> Response:
        nonlocal waiting
        media_type = request.headers.get("content-type", "")
        if not analyzer.loaded:
            return _refuse(503, "the model is still loading: try again")
        if not analyzer.accepts(media_type):
            return _refuse(415, f"Content-Type is {media_type!r}, which this model does not read")
        if waiting >= _MOST_WAITING:
            return _refuse(429, f"{waiting} requests wait already: try again")
        waiting += 1
        try:
            body = await _read(request)
            if body is None:
                return _refuse(413, f"more than {_MOST_BYTES >> 20} MiB")
            return await _analyze(analyzer, request, body, media_type)
        finally:
            waiting -= 1

    return Route(ANALYZE, answer, methods=["POST"])


async def _analyze(
    analyzer: "HuggingFaceAnalyzer", request: Request, body: bytes, media_type: str
) -> Response:
    from iomt.runtime.analyzers.huggingface import About

    about = About(
        source=request.headers.get(SOURCE, "http"),
        frame=_number(request, FRAME, 0),
        captured_ns=_number(request, CAPTURED, time.time_ns()),
        media_type=media_type,
    )
    try:
        result, gives = await analyzer.analyze(body, about)
    except Rejected as error:
        return _refuse(400, str(error))
    except Exception as error:
        analyzer.context.log.exception("POST %s failed", ANALYZE)
        return _refuse(500, f"the model failed on this: {type(error).__name__}")
    return Response(result.to_json(), media_type=gives)


async def _read(request: Request) -> bytes | None:
    """The body; None when it is too large, told before the whole of it is in memory."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    return bytes(body)


def _number(request: Request, header: str, default: int) -> int:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _refuse(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status)
