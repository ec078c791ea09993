"""Broker and store of a run: our own from their wheels, or the ones that the user named."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from iomt.contract.provision import Provision
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local.folder import DataFolder
from iomt.local.nodes import Line
from iomt.local.report import Report
from iomt.local.services import Service, ServiceFailed, start_broker, start_store
from iomt.plan.plan import Plan

_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class External:
    """A broker or store of the user's: its address without credentials, and those."""

    url: str
    user: str
    password: str

    @classmethod
    def parse(cls, option: str, text: str, *schemes: str) -> "External":
        """``scheme://user:password@host:port``; credentials may be missing. Raises ValueError.

        Characters that a URL has a meaning for are written as %XX in user and password.
        """
        wanted = f"write {schemes[0]}://user:password@host:port"
        try:
            parts = urlsplit(text)
            number = parts.port
        except ValueError as error:
            raise ValueError(f"{option}: {text!r} is no address ({error}): {wanted}") from error
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"{option}: {text!r} is no address: {wanted}")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = f":{number}" if number else ""
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(f"{parts.scheme}://{host}{port}", user, password)


class Surroundings:
    """What the devices of a run are connected to."""

    def __init__(self, plan: Plan, folder: DataFolder, report: Report) -> None:
        self._plan = plan
        self._folder = folder
        self._report = report
        self._services: list[Service] = []
        self.broker = ""
        self.store = ""
        self.credentials: Path = folder.credentials()

    async def start(self, nats: External | None, s3: External | None) -> None:
        """Bring up what is not given, then make streams, consumers and buckets.

        Raises `ServiceFailed`.
        """
        wanted = []
        if any(device.broker for device in self._plan.devices):
            wanted.append(self._broker(nats))
        if any(device.store for device in self._plan.devices):
            wanted.append(self._store(s3))
        for outcome in await asyncio.gather(*wanted, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def provision(self, complete: bool) -> None:
        """Run the bootstrap, the same program that a cluster runs. Raises `ServiceFailed`."""
        plan = self._plan
        wanted = Provision(
            broker=self.broker,
            store=self.store,
            credentials=str(self.credentials),
            streams=plan.streams,
            consumers=plan.consumers,
            buckets=plan.buckets,
            complete=complete,
        )
        path = self._folder.path / "provision.json"
        path.write_text(wanted.to_json())
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "iomt.runtime.bootstrap", str(path),
            stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, told = await process.communicate()
        if process.returncode:
            lines = told.decode(errors="replace").strip().splitlines() or ["no reason given"]
            raise ServiceFailed(lines[-1].removeprefix("bootstrap: "))

    async def stop(self) -> None:
        """End what was started here."""
        await asyncio.gather(*(service.process.stop(_STOP_SECONDS) for service in self._services))

    async def _broker(self, given: External | None) -> None:
        if given:
            self.broker = given.url
            self._folder.write_secret(BROKER_USER, given.user)
            self._folder.write_secret(BROKER_PASSWORD, given.password)
        else:
            service = await start_broker(self._folder, self._heard)
            self._services.append(service)
            self.broker = service.url

    async def _store(self, given: External | None) -> None:
        if given:
            self.store = given.url
            self._folder.write_secret(STORE_ACCESS_KEY, given.user)
            self._folder.write_secret(STORE_SECRET_KEY, given.password)
        else:
            service = await start_store(self._folder, self._heard)
            self._services.append(service)
            self.store = service.url

    def _heard(self, name: str, text: str) -> None:
        self._report.line(Line(name, "warning", text, {}))
