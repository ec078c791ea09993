"""The object store as devices use it: minio's blocking client behind a pool of threads."""

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import S3Error

from iomt.contract.envelope import Envelope

_THREADS = 8
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of a listing; ``size`` in bytes."""

    key: str
    size: int


class ObjectStore:
    """One bucket-independent client. Methods raise what minio and urllib3 raise."""

    def __init__(self, url: str, access_key: str, secret_key: str) -> None:
        parts = urlsplit(url)
        # Retries belong to the delivery (not acknowledged, hence tried again), so that a failed
        # put is seen at once; the timeout bounds a store that hangs.
        http = urllib3.PoolManager(
            maxsize=_THREADS, timeout=urllib3.Timeout(connect=3, read=15), retries=False
        )
        self.client = Minio(
            parts.netloc,
            access_key=access_key,
            secret_key=secret_key,
            secure=parts.scheme == "https",
            region="us-east-1",
            http_client=http,
        )
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")

    async def put(
        self, bucket: str, key: str, body: bytes, media_type: str, metadata: dict[str, str] | None = None
    ) -> None:
        """Write one object whole; the same key again overwrites it."""
        await self._run(self._put, bucket, key, body, media_type, metadata)

    async def get(self, bucket: str, key: str) -> bytes:
        """Read one object whole."""
        return await self._run(self._get, bucket, key)

    async def keys(self, bucket: str, prefix: str = "", after: str = "", limit: int = 1000) -> list[str]:
        """Up to ``limit`` keys in order, after a key."""
        return [each.key for each in await self.listed(bucket, prefix, after, limit)]

    async def listed(self, bucket: str, prefix: str = "", after: str = "", limit: int = 1000) -> list[Listed]:
        """The same with the size of each object."""
        return await self._run(self._listed, bucket, prefix, after, limit)

    async def find(self, bucket: str, key: str) -> bytes | None:
        """Read one object whole; None where there is none."""
        try:
            return await self.get(bucket, key)
        except S3Error as error:
            if error.code in {"NoSuchKey", "NoSuchObject"}:
                return None
            raise

    async def folders(self, bucket: str) -> list[str]:
        """The first level of a bucket: prefixes that end with ``/``."""
        return await self._run(self._folders, bucket)

    async def remove(self, bucket: str, keys: list[str]) -> None:
        """Remove objects; one that is not there is no fault."""
        await self._run(self._remove, bucket, keys)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _put(
        self, bucket: str, key: str, body: bytes, media_type: str, metadata: dict[str, str] | None
    ) -> None:
        self.client.put_object(
            bucket, key, io.BytesIO(body), len(body), content_type=media_type, metadata=dict(metadata or {})
        )

    def _get(self, bucket: str, key: str) -> bytes:
        response = self.client.get_object(bucket, key)
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()

    def _listed(self, bucket: str, prefix: str, after: str, limit: int) -> list[Listed]:
        found = self.client.list_objects(
            bucket, prefix=prefix or None, recursive=True, start_after=after or None
        )
        return [Listed(str(item.object_name), item.size or 0) for item in islice(found, limit)]

    def _folders(self, bucket: str) -> list[str]:
        found = self.client.list_objects(bucket, recursive=False)
        return [str(item.object_name) for item in found if item.is_dir]

    def _remove(self, bucket: str, keys: list[str]) -> None:
        for key in keys:
            self.client.remove_object(bucket, key)

    async def _run(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *arguments)


def metadata_of(envelope: Envelope) -> dict[str, str]:
    """An envelope as object metadata: what the headers say, without the message's own type."""
    return {name: value for name, value in envelope.headers().items() if name != "Content-Type"}
