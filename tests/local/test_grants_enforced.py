"""The users of `iomt run` at a real nats-server and a real S3 gateway: every pair of a graph is tried."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import nats
import pytest
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import S3Error

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local import surroundings
from iomt.local.folder import DataFolder
from iomt.local.nodes import Line
from iomt.local.surroundings import External, Surroundings
from iomt.plan.grants import grants
from iomt.plan.make import make
from iomt.plan.plan import Plan
from tests import grants_oracle as oracle
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text

YARD = "yard: {kind: MSensor, device: usb-camera}"
ALARM = "alarm: {kind: MActuator, device: log}"
EYES = "eyes: {kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}"
NODES = [GATE, YARD, LAKE, PEOPLE, EYES, LOG, ALARM, WALL]
LINKS = [
    '"[gate, yard] -> lake"',
    '"lake -> people -> [log, alarm]"',
    "gate -> eyes -> wall",
    "{from: yard, to: wall, transport: http, delivery: latest}",
]


def planned(folder: Path, nodes: list[str] = NODES, links: list[str] = LINKS) -> Plan:
    resolved = check_text(folder, graph_text(nodes, links)).resolved
    assert resolved
    return make(resolved)


class Keeper(Protocol):
    """Where the users and passwords of all parties are."""

    def secret(self, party: str, name: str) -> str: ...


@dataclass
class Told:
    """The report of a run that only remembers what was told."""

    lines: list[Line] = field(default_factory=list)

    def line(self, line: Line) -> None:
        self.lines.append(line)


@asynccontextmanager
async def running(plan: Plan, data: Path) -> AsyncIterator[tuple[Surroundings, DataFolder, Told]]:
    """Broker and store as `iomt run` starts and fills them."""
    folder, told = DataFolder(data), Told()
    around = Surroundings(plan, folder, told)  # type: ignore[arg-type]
    try:
        await around.start(None, None)
        await around.provision(complete=True)
        yield around, folder, told
    finally:
        await around.stop()
        folder.close()


async def refused(url: str, folder: Keeper, party: str, verb: str, subjects: list[str]) -> set[str]:
    """The subjects that the broker does not let a party publish on, or subscribe to."""
    said: list[str] = []

    async def error(each: Exception) -> None:
        said.append(str(each))

    user, password = (folder.secret(party, name) for name in (BROKER_USER, BROKER_PASSWORD))
    client = await nats.connect(url, user=user, password=password, error_cb=error, allow_reconnect=False)
    try:
        for subject in subjects:
            if verb == "publish":
                await client.publish(subject, b"")
            else:
                await client.subscribe(subject)
        for _ in range(2):
            await client.flush()
    finally:
        await client.close()
    # The client gives the server's words in small letters.
    what = "publish" if verb == "publish" else "subscription"
    start = f'nats: permissions violation for {what} to "'
    assert all(each.startswith(start) for each in said), said
    small = {each.removeprefix(start).rstrip('"') for each in said}
    return {subject for subject in subjects if subject.lower() in small}


async def matrix_at_broker(plan: Plan, url: str, folder: Keeper) -> dict[tuple[str, str], set[str]]:
    """For each device and verb the subjects that the broker allows, of all that could be meant."""
    found = {}
    for device in plan.devices:
        found |= await tried_at_broker(plan, url, folder, device.name)
    return found


async def tried_at_broker(
    plan: Plan, url: str, folder: Keeper, party: str
) -> dict[tuple[str, str], set[str]]:
    said = [*oracle.subjects(plan), *oracle.requests(plan)]
    heard = [*oracle.subjects(plan), *oracle.WIDE]
    return {
        (party, "publish"): set(said) - await refused(url, folder, party, "publish", said),
        (party, "subscribe"): set(heard) - await refused(url, folder, party, "subscribe", heard),
    }


def meant_at_broker(plan: Plan) -> dict[tuple[str, str], set[str]]:
    found = {}
    for device in plan.devices:
        said = [*oracle.subjects(plan), *oracle.requests(plan)]
        found[device.name, "publish"] = {each for each in said if oracle.may_publish(plan, device.name, each)}
        heard = [*oracle.subjects(plan), *oracle.WIDE]
        found[device.name, "subscribe"] = {
            each for each in heard if oracle.may_subscribe(plan, device.name, each)
        }
    return found


def client(url: str, folder: Keeper, party: str) -> Minio:
    access, secret = (folder.secret(party, name) for name in (STORE_ACCESS_KEY, STORE_SECRET_KEY))
    return Minio(url.removeprefix("http://"), access, secret, secure=False, region="us-east-1")


def allowed_at_store(minio: Minio, bucket: str) -> set[str]:
    """What a party can do with a bucket, each tried for real."""

    def put(key: str) -> None:
        minio.put_object(bucket, key, io.BytesIO(b"x"), 1)

    tries: dict[str, Callable[[], object]] = {
        "list": lambda: list(minio.list_objects(bucket, recursive=True)),
        "get": lambda: minio.get_object(bucket, "there").read(),
        "put": lambda: put("new"),
        "put over": lambda: put("there"),
        "delete": lambda: minio.remove_object(bucket, "new"),
        "make bucket": lambda: minio.make_bucket(bucket + "-more"),
        "remove bucket": lambda: minio.remove_bucket(bucket),
        "read its policy": lambda: minio.get_bucket_policy(bucket),
        "open it to all": lambda: minio.set_bucket_policy(bucket, '{"Version":"2012-10-17","Statement":[]}'),
    }
    done = set()
    for name, attempt in tries.items():
        try:
            attempt()
        except S3Error as error:
            assert error.code in {"AccessDenied", "NoSuchBucketPolicy"}, (name, error.code)
            if error.code != "AccessDenied":
                done.add(name)
        else:
            done.add(name)
    return done


MEANT_AT_STORE = {
    oracle.OWNER: {"list", "get", "put", "put over", "delete"},
    oracle.READER: {"list", "get"},
    oracle.NOBODY: set[str](),
}


@dataclass
class Tried:
    """What became of everything that was tried in one run."""

    plan: Plan
    at_broker: dict[tuple[str, str], set[str]]
    of_others: dict[tuple[str, str], set[str]]
    at_store: dict[tuple[str, str], set[str]]
    stranger: str
    told: list[str]
    modes: dict[str, int]
    words: list[str]


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> Tried:
    """Everybody tries everything, once for all tests."""
    path = tmp_path_factory.mktemp("tried")
    plan = planned(path)

    async def scene() -> Tried:
        async with running(plan, path / "data") as (around, folder, told):
            root = folder.path / "credentials"
            files = [folder.broker / "nats.conf", root, *root.iterdir(), *root.glob("*/*")]
            found = Tried(
                plan=plan,
                at_broker=await matrix_at_broker(plan, around.broker, folder),
                of_others={},
                at_store=await asyncio.to_thread(matrix_at_store, plan, around.store, folder),
                stranger=await asyncio.to_thread(stranger_at_store, around.store, folder),
                told=[line.message for line in told.lines],
                modes={str(each.relative_to(folder.path)): each.stat().st_mode & 0o777 for each in files},
                words=[each.read_text() for each in root.glob("*/*") if "password" in each.name],
            )
            # Last, because what the bootstrap may delete is gone then.
            for party in (names.OBSERVER, names.BOOTSTRAP):
                found.of_others |= await tried_at_broker(plan, around.broker, folder, party)
            return found

    return asyncio.run(scene())


def matrix_at_store(plan: Plan, url: str, folder: Keeper) -> dict[tuple[str, str], set[str]]:
    root = client(url, folder, names.BOOTSTRAP)
    for bucket in plan.buckets:
        root.put_object(bucket, "there", io.BytesIO(b"x"), 1)
    return {
        (party.name, bucket): allowed_at_store(client(url, folder, party.name), bucket)
        for party in grants(plan).at_store
        for bucket in plan.buckets
    }


def stranger_at_store(url: str, folder: Keeper) -> str:
    """What is said to a device that has nothing to do there, whatever word it says."""
    user, word = (folder.secret("gate", name) for name in (BROKER_USER, BROKER_PASSWORD))
    stranger = Minio(url.removeprefix("http://"), user, word, secure=False, region="us-east-1")
    with pytest.raises(S3Error) as told:
        stranger.list_buckets()
    return str(told.value.code)


def test_every_device_can_do_at_the_broker_what_its_links_need_and_nothing_else(tried: Tried) -> None:
    assert tried.at_broker == meant_at_broker(tried.plan)


def test_what_the_broker_refuses_is_told_with_the_name_of_who_tried(tried: Tried) -> None:
    assert any("street.gate" in each and "iomt.street.yard.frames" in each for each in tried.told)


def test_bootstrap_and_observer_read_and_make_but_hear_no_media(tried: Tried) -> None:
    reading = {"STREAM.INFO", "CONSUMER.INFO"}
    making = {
        "STREAM.CREATE", "STREAM.UPDATE", "CONSUMER.LIST", "CONSUMER.DELETE", "CONSUMER.DURABLE.CREATE",
    }  # fmt: skip
    for party, meant in ((names.OBSERVER, reading), (names.BOOTSTRAP, reading | making)):
        assert tried.of_others[party, "subscribe"] == {f"_INBOX.street.{party}.x"}
        asked = tried.of_others[party, "publish"]
        assert {each.split(".street_")[0].removeprefix("$JS.API.") for each in asked} == meant


def test_every_device_can_do_with_buckets_what_its_links_need_and_nothing_else(tried: Tried) -> None:
    parties, buckets = ("lake", "people", "log"), tried.plan.buckets
    assert tried.at_store == {
        (party, bucket): MEANT_AT_STORE[oracle.role_at(tried.plan, party, bucket)]
        for party in parties
        for bucket in buckets
    }
    assert tried.stranger == "InvalidAccessKeyId"


def test_secrets_are_for_their_owner_alone_and_each_has_its_own(tried: Tried) -> None:
    folders = {name for name in tried.modes if name.count("/") == 1 and name.startswith("credentials/")}
    users = [each.name for each in tried.plan.devices]
    assert folders == {f"credentials/{each}" for each in (*users, names.BOOTSTRAP, names.OBSERVER)}
    for name, mode in tried.modes.items():
        assert mode == (0o700 if name in folders or name == "credentials" else 0o600), name
    assert {each for each in tried.modes if each.startswith("credentials/gate/")} == {
        f"credentials/gate/{BROKER_USER}", f"credentials/gate/{BROKER_PASSWORD}",
    }  # fmt: skip
    assert len(set(tried.words)) == len(tried.words) == len(folders)


def test_a_user_who_may_do_everything_would_be_seen(tmp_path: Path, monkeypatch) -> None:
    plan = planned(tmp_path, [GATE, LAKE], ["gate -> lake"])
    muted = {"publish": {"allow": [">"]}, "subscribe": {"allow": [">"]}}
    real = surroundings.nats_permissions
    monkeypatch.setattr(
        surroundings, "nats_permissions", lambda party: muted if party.name == "gate" else real(party)
    )

    async def scene() -> None:
        async with running(plan, tmp_path / "data") as (around, folder, _):
            found = await matrix_at_broker(plan, around.broker, folder)
        meant = meant_at_broker(plan)
        assert {key for key, allowed in found.items() if allowed != meant[key]} == {
            ("gate", "publish"),
            ("gate", "subscribe"),
        }

    asyncio.run(scene())


def test_a_link_that_left_the_graph_takes_its_grants_along(tmp_path: Path) -> None:
    before = planned(tmp_path)
    after = planned(tmp_path, [GATE, LAKE, EYES, WALL], ["gate -> lake", "gate -> eyes -> wall"])
    data = tmp_path / "data"

    def accounts(url: str, folder: DataFolder) -> set[str]:
        keys = [folder.secret(names.BOOTSTRAP, name) for name in (STORE_ACCESS_KEY, STORE_SECRET_KEY)]
        admin = MinioAdmin(
            endpoint=url.removeprefix("http://"), credentials=StaticProvider(*keys), secure=False
        )
        return {each for each in ("street.lake", "street.people", "street.log") if each in admin.user_list()}

    async def scene() -> None:
        async with running(before, data) as (around, folder, _):
            assert await asyncio.to_thread(accounts, around.store, folder) == {
                "street.lake", "street.people", "street.log",
            }  # fmt: skip
            secrets = folder.secret("lake", STORE_SECRET_KEY), folder.secret("gate", BROKER_PASSWORD)
        async with running(after, data) as (around, folder, _):
            assert await asyncio.to_thread(accounts, around.store, folder) == {"street.lake"}
            assert (await matrix_at_broker(after, around.broker, folder)) == meant_at_broker(after)
            no = await refused(around.broker, folder, "gate", "publish", ["iomt.street.gate.frames"])
            assert not no
            kept = folder.secret("lake", STORE_SECRET_KEY), folder.secret("gate", BROKER_PASSWORD)
            assert kept == secrets

    asyncio.run(scene())


def test_with_a_broker_and_a_store_of_the_user_s_all_devices_use_the_user_s_accounts(tmp_path: Path) -> None:
    plan = planned(tmp_path)

    async def scene() -> None:
        folder = DataFolder(tmp_path / "data")
        around = Surroundings(plan, folder, Told())  # type: ignore[arg-type]
        await around.start(
            External("nats://site:4222", "bob", "word"), External("http://site:9000", "key", "more")
        )
        assert (around.broker, around.store) == ("nats://site:4222", "http://site:9000")
        parties = [*(device.name for device in plan.devices), names.BOOTSTRAP, names.OBSERVER]
        assert {folder.secret(each, BROKER_USER) for each in parties} == {"bob"}
        assert {folder.secret(each, BROKER_PASSWORD) for each in parties} == {"word"}
        for each in ("lake", "people", "log", names.BOOTSTRAP):
            assert folder.secret(each, STORE_ACCESS_KEY) == "key"
            assert folder.secret(each, STORE_SECRET_KEY) == "more"
        # The next run with a broker of its own does not go on with the user's password.
        name, word = folder.broker_account("gate", "street.gate")
        assert name == "street.gate"
        assert word != "word"
        folder.close()

    asyncio.run(scene())
