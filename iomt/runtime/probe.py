"""``python -m iomt.runtime.probe SETTINGS.json``: tries, as the device, what `iomt prove` wants to know.

It runs in a pod with the device's account, labels and Secret. Its only line is a JSON object: for each way
to talk what became of each try.
"""

import asyncio
import json
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nats
import urllib3
from minio import Minio
from nats.aio.client import Client

from iomt.contract import names
from iomt.contract.probe import ALLOWED, REFUSED, VARIABLE, Tries
from iomt.contract.settings import (
    BROKER_PASSWORD,
    BROKER_USER,
    STORE_ACCESS_KEY,
    STORE_SECRET_KEY,
    BadSettings,
    Settings,
)
from iomt.runtime.credentials import secret

_SECONDS = 3.0
_QUIET_SECONDS = 0.5
"""A refusal comes after what was refused; by then it has come."""
_BATCH = 200
_AT_ONCE = 16
_HEADERS = {"Nats-Expected-Stream": "iomt-probe"}
"""No stream is called so: none keeps the message."""
_NOT_THE_DIGEST = "1B2M2Y8AsgTpgAmY7PhCfg=="
_KEY = "iomt-probe"
Found = dict[str, str]


def main() -> int:
    """0 whatever was found."""
    settings = Settings.from_json(Path(sys.argv[1]).read_text())
    tries = Tries.unpacked(os.environ[VARIABLE])
    publish, subscribe = asyncio.run(_broker(settings, tries))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        connect = dict(zip(tries.connect, pool.map(_connect, tries.connect), strict=True))
    found = {
        "publish": publish,
        "subscribe": subscribe,
        "objects": _objects(settings, tries.objects),
        "connect": connect,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


async def _broker(settings: Settings, tries: Tries) -> tuple[Found, Found]:
    """Publishing and subscribing, all over one connection."""
    said: set[str] = set()

    async def heard(error: Exception) -> None:
        said.add(str(error).lower())

    client = Client()
    try:
        user, password = secret(settings, BROKER_USER), secret(settings, BROKER_PASSWORD)
        if not settings.broker or not user:
            raise BadSettings("it has no account there")
        await client.connect(
            servers=[settings.broker],
            user=user,
            password=password,
            inbox_prefix=names.inbox(settings.graph, settings.node).encode(),
            allow_reconnect=False,
            connect_timeout=int(_SECONDS),
            error_cb=heard,
        )
    except (nats.errors.Error, OSError, TimeoutError, BadSettings) as error:
        word = f"no connection: {error}"
        return dict.fromkeys(tries.publish, word), dict.fromkeys(tries.subscribe, word)
    try:
        for at in range(0, len(tries.publish), _BATCH):
            for subject in tries.publish[at : at + _BATCH]:
                await client.publish(subject, b"{", headers=_HEADERS)
            await client.flush()
        for subject in tries.subscribe:
            await client.subscribe(subject)
        await client.flush()
        await asyncio.sleep(_QUIET_SECONDS)
        await client.flush()
    finally:
        await client.close()
    return _outcomes("publish to", tries.publish, said), _outcomes("subscription to", tries.subscribe, said)


def _outcomes(what: str, subjects: tuple[str, ...], said: set[str]) -> Found:
    return {
        each: REFUSED if f'nats: permissions violation for {what} "{each.lower()}"' in said else ALLOWED
        for each in subjects
    }


def _objects(settings: Settings, tries: tuple[str, ...]) -> Found:
    try:
        user, key = secret(settings, STORE_ACCESS_KEY), secret(settings, STORE_SECRET_KEY)
    except BadSettings:
        user = key = ""
    if not settings.store or not user:
        return dict.fromkeys(tries, "no connection: it has no account there")
    http = urllib3.PoolManager(timeout=_SECONDS, retries=False)
    host, secure = settings.store.partition("://")[2], settings.store.startswith("https")
    store = Minio(host, user, key, secure=secure, region="us-east-1", http_client=http)
    return {each: _object(store, http, *each.split(" ")) for each in tries}


def _object(store: Minio, http: urllib3.PoolManager, verb: str, bucket: str) -> str:
    """By signed addresses, since minio's own calls would not send a wrong digest."""
    method = {"put": "PUT", "delete": "DELETE"}.get(verb, "GET")
    headers = {"Content-MD5": _NOT_THE_DIGEST} if verb == "put" else {}
    try:
        if verb == "list":
            list(store.list_objects(bucket, prefix=_KEY))
            return ALLOWED
        url = store.get_presigned_url(method, bucket, _KEY)
        answer = http.request(method, url, body=b"iomt" if verb == "put" else None, headers=headers)
    except Exception as error:
        return REFUSED if "AccessDenied" in str(error) else f"no connection: {type(error).__name__}"
    return REFUSED if answer.status == 403 and b"AccessDenied" in answer.data else ALLOWED


def _connect(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS).close()
    except OSError:
        return REFUSED
    return ALLOWED


if __name__ == "__main__":
    sys.exit(main())
