"""Broker and store of a run: our own from their wheels, or the ones that the user named."""

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from iomt.contract import names
from iomt.contract.provision import Provision, StoreUser
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local.folder import DataFolder
from iomt.local.nodes import Line
from iomt.local.report import Report
from iomt.local.services import BrokerUser, Service, ServiceFailed, start_broker, start_store
from iomt.plan.grants import Grants, grants
from iomt.plan.permissions import nats_permissions, s3_policy
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
        self._grants = grants(plan)
        self._users: tuple[StoreUser, ...] | None = None
        self.broker = ""
        self.store = ""

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
            graph=plan.graph,
            broker=self.broker,
            store=self.store,
            credentials=str(self._folder.credentials(names.BOOTSTRAP)),
            streams=plan.streams,
            consumers=plan.consumers,
            buckets=plan.buckets,
            complete=complete,
            users=self._users,
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
        parties = self._grants.at_broker
        if given:
            self.broker = given.url
            self._share([each.name for each in parties], BROKER_USER, BROKER_PASSWORD, given)
        else:
            users = (
                BrokerUser(*self._folder.broker_account(each.name, self._name(each)), nats_permissions(each))
                for each in parties
            )
            service = await start_broker(self._folder, users, self._heard)
            self._services.append(service)
            self.broker = service.url

    async def _store(self, given: External | None) -> None:
        parties = self._grants.at_store
        if given:
            self.store = given.url
            everyone = [names.BOOTSTRAP, *(each.name for each in parties)]
            self._share(everyone, STORE_ACCESS_KEY, STORE_SECRET_KEY, given)
        else:
            service = await start_store(self._folder, self._heard)
            self._services.append(service)
            self.store = service.url
            self._users = tuple(self._store_user(each) for each in parties)

    def _store_user(self, party: Grants) -> StoreUser:
        self._folder.store_account(party.name, self._name(party))
        return StoreUser(self._name(party), s3_policy(party), str(self._folder.credentials(party.name)))

    def _share(self, parties: Iterable[str], name: str, word: str, given: External) -> None:
        """One pair for all of them: what another's broker or store allows is its owner's to decide."""
        for party in parties:
            self._folder.write_secret(party, name, given.user)
            self._folder.write_secret(party, word, given.password)

    def _name(self, party: Grants) -> str:
        return names.account(self._plan.graph, party.name)

    def _heard(self, name: str, text: str) -> None:
        self._report.line(Line(name, "warning", text, {}))
