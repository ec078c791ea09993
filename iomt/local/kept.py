"""Looking into the data folder of a run that has ended."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from minio import Minio

from iomt.contract import names
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local.folder import DataFolder
from iomt.local.services import Service, start_store


@asynccontextmanager
async def kept_store(data: Path) -> AsyncIterator[tuple[Minio, Service]]:
    """The object store of a kept run, started on a free port, and a client of it.

    Raises `iomt.local.folder.FolderInUse` and `iomt.local.services.ServiceFailed`.
    """
    folder = DataFolder(data)
    try:
        store = await start_store(folder, _tell)
        try:
            client = Minio(
                store.url.removeprefix("http://"),
                access_key=folder.secret(names.BOOTSTRAP, STORE_ACCESS_KEY),
                secret_key=folder.secret(names.BOOTSTRAP, STORE_SECRET_KEY),
                secure=False,
            )
            yield client, store
        finally:
            await store.process.stop(5)
    finally:
        folder.close()


def bodies(client: Minio, bucket: str, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Key and bytes of every object, in the order of the keys."""
    for item in client.list_objects(bucket, prefix=prefix, recursive=True):
        answer = client.get_object(bucket, str(item.object_name))
        try:
            yield str(item.object_name), answer.read()
        finally:
            answer.close()
            answer.release_conn()


def _tell(name: str, text: str) -> None:
    sys.stderr.write(f"{name}: {text}\n")
