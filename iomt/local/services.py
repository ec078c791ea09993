"""The embedded broker and object store: their programs come with Python packages."""

import asyncio
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local.folder import DataFolder
from iomt.local.ports import LOOPBACK, free_ports, listens
from iomt.local.process import Command, Exit, Supervised
from iomt.plan.broker import MAX_PAYLOAD

_READY_SECONDS = 20.0
_ATTEMPTS = 3


class ServiceFailed(Exception):
    """A broker or store that does not come up; the text says why, in its own words."""


class Service:
    """One of them: where it is, and the process behind it."""

    def __init__(self, url: str, process: Supervised, port: int) -> None:
        self.url = url
        self.process = process
        self._port = port
        self.failed: Exit | None = None

    async def ready(self) -> None:
        """Wait until it takes connections. Raises `ServiceFailed`."""
        deadline = time.monotonic() + _READY_SECONDS
        while not listens(self._port):
            if self.process.restarts >= _ATTEMPTS or time.monotonic() > deadline:
                lines = "\n".join(dict.fromkeys(self.failed.last_lines)) if self.failed else "no answer"
                raise ServiceFailed(f"{self.process.name} did not start:\n{lines}")
            await asyncio.sleep(0.02)


async def start_broker(folder: DataFolder, heard: Callable[[str, str], None]) -> Service:
    """nats-server with JetStream on free loopback ports, one user with a generated password."""
    (port,) = free_ports(1)
    config = folder.broker / "nats.conf"
    # no_fast_producer_stall: one stalled viewer must not slow a camera down.
    document = {
        "host": LOOPBACK,
        "port": port,
        "max_payload": MAX_PAYLOAD,
        "no_fast_producer_stall": True,
        "jetstream": {"store_dir": str(folder.broker / "jetstream")},
        "authorization": {"user": folder.secret(BROKER_USER), "password": folder.secret(BROKER_PASSWORD)},
    }
    config.touch(0o600)
    # As it is: the broker's own format knows no \u escapes.
    config.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    command = Command([_program("nats-server"), "-c", str(config)])
    service = _service("broker", f"nats://{LOOPBACK}:{port}", port, command, heard)
    await service.process.start()
    await service.ready()
    return service


async def start_store(folder: DataFolder, heard: Callable[[str, str], None]) -> Service:
    """An S3 gateway over a folder: JuiceFS with Badger metadata, multi-bucket, on loopback."""
    (port,) = free_ports(1)
    meta = f"badger://{folder.store / 'meta'}"
    juicefs = _program("juicefs")
    if not (folder.store / "meta").exists():
        format_ = [juicefs, "format", "--storage", "file", "--bucket", f"{folder.store / 'data'}/"]
        made = await asyncio.to_thread(
            subprocess.run,
            [*format_, "--trash-days", "0", meta, "iomt"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise ServiceFailed(f"store: cannot prepare {folder.store}:\n{made.stderr.strip()}")
    options = ["--multi-buckets", "--keep-etag", "--object-tag", "--object-meta", "--no-banner", "--no-bgjob"]
    command = Command(
        [juicefs, "gateway", *options, meta, f"{LOOPBACK}:{port}"],
        {
            "MINIO_ROOT_USER": folder.secret(STORE_ACCESS_KEY),
            "MINIO_ROOT_PASSWORD": folder.secret(STORE_SECRET_KEY),
        },
    )
    url = f"http://{LOOPBACK}:{port}"
    service = _service("store", url, port, command, heard)
    await service.process.start()
    await service.ready()
    await asyncio.to_thread(_wait_for_s3, url)
    return service


def _service(name: str, url: str, port: int, command: Command, heard: Callable[[str, str], None]) -> Service:
    service: Service

    def ended(exit_: Exit) -> bool:
        service.failed = exit_
        heard(name, f"ended (exit {exit_.code}), starting again")
        return True

    process = Supervised(name, command, lambda line: None, ended)
    service = Service(url, process, port)
    return service


def _wait_for_s3(url: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/minio/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise ServiceFailed(f"store at {url} gives no sign of life")


def _program(name: str) -> str:
    """The program of our own environment before one on the PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise ServiceFailed(f"{name} is not installed: install iomt with its extra `local`")
    return found
