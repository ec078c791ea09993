"""A bucket with one object for each frame or window."""

import asyncio
import time
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from iomt.contract import http, media, metrics, names
from iomt.contract.quantity import seconds, size
from iomt.runtime.device import Capture, Context, Device, Message
from iomt.runtime.objects import ObjectStore, metadata_of
from iomt.runtime.storages.retention import Retention

_PORT = "objects"


class ObjectLake(Device):
    """Stores every message under a key made of source, capture time and sequence.

    The key is the same for every redelivery, so a frame that comes twice is stored once.
    """

    concurrency = 32

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        assert context.objects
        self._objects: ObjectStore = context.objects
        self._bucket = context.settings.bucket
        self._told = any(port.port == _PORT and port.subject for port in context.settings.outputs)
        self._cleaning: asyncio.Task[None] | None = None
        self._retention: Retention | None = None

    async def prepare(self) -> None:
        """Begin to remove what is older than ``retain``, and the oldest of more than ``size``."""
        retain, most = self.context.options.get("retain"), self.context.options.get("size")
        if retain or most:
            keep, room = seconds(retain) if retain else 0.0, size(most) if most else 0
            self._retention = Retention(self._objects, self._bucket, keep, room, self.context.log)
            await self._retention.count()
            self._cleaning = asyncio.create_task(self._retention.keep())

    async def handle(self, message: Message) -> None:
        """Store one message; tell readers of the lake where it is."""
        envelope = message.envelope
        key = names.object_key(
            envelope.source, envelope.captured_ns, envelope.frame, media.extension(envelope.media_type)
        )
        await self._objects.put(self._bucket, key, message.body, envelope.media_type, metadata_of(envelope))
        ledger = self.context.ledger
        ledger.add(metrics.STORED_OBJECTS)
        ledger.add(metrics.STORED_BYTES, len(message.body))
        if self._retention:
            self._retention.stored(len(message.body))
        if self._told:
            stored = Capture(b"", envelope.captured_ns, envelope.media_type, envelope.width, envelope.height)
            await self.context.publish(_PORT, stored, origin=envelope, claim=f"{self._bucket}/{key}")

    async def drain(self) -> None:
        """Stop removing."""
        if self._cleaning:
            self._cleaning.cancel()

    def routes(self) -> Sequence[BaseRoute]:
        """``GET /objects?prefix=&after=&limit=`` lists, ``GET /objects/KEY`` gives one."""
        return (
            Route(http.OBJECTS, self._list),
            Route(f"{http.OBJECTS}/{{key:path}}", self._get),
        )

    async def _list(self, request: Request) -> Response:
        asked = request.query_params
        limit = asked.get("limit", "1000")
        if not limit.isdigit() or not 0 < int(limit) <= 10_000:
            return JSONResponse({"error": f"limit is {limit!r}, expected 1 to 10000"}, status_code=400)
        keys = await self._objects.keys(
            self._bucket, asked.get("prefix", ""), asked.get("after", ""), int(limit)
        )
        return JSONResponse({"bucket": self._bucket, "time": time.time(), "keys": keys})

    async def _get(self, request: Request) -> Response:
        body = await self._objects.find(self._bucket, request.path_params["key"])
        if body is None:
            return JSONResponse({"error": "no such object"}, status_code=404)
        extension = request.path_params["key"].rpartition(".")[2]
        types = {"jpg": media.JPEG, "json": "application/json", "pcm": media.PCM}
        return Response(body, media_type=types.get(extension, "application/octet-stream"))
