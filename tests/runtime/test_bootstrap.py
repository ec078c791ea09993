"""A broker or store that cannot be had: the bootstrap ends soon, with one line that says why."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

from iomt.contract import names
from iomt.contract.provision import Provision, Stream
from iomt.contract.settings import BROKER_PASSWORD, STORE_ACCESS_KEY
from iomt.local.folder import DataFolder
from iomt.local.services import BrokerUser, start_broker
from tests.services import STREAM, SUBJECT, broker_and_store

NOBODY = "127.0.0.1:1"


def told(folder: Path, credentials: Path, broker: str = "", store: str = "") -> str:
    """What it says, without its own name."""
    wanted = Provision(
        graph="test",
        broker=broker,
        store=store,
        credentials=str(credentials),
        streams=(Stream(STREAM, SUBJECT, 0),) if broker else (),
        consumers=(),
        buckets=("test-lake",) if store else (),
        complete=True,
    )
    path = folder / "provision.json"
    path.write_text(wanted.to_json())
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "iomt.runtime.bootstrap", str(path)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert time.monotonic() - began < 12
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    return line.removeprefix("bootstrap: ")


def test_nobody_listens_there(tmp_path: Path) -> None:
    assert (
        told(tmp_path, tmp_path, broker=f"nats://{NOBODY}") == f"broker nats://{NOBODY}: Connection refused"
    )
    said = told(tmp_path, tmp_path, store=f"http://{NOBODY}")
    assert said.startswith(f"store http://{NOBODY}: ")
    assert said.endswith("Connection refused")
    assert "Max retries" not in said


def test_a_wrong_password_is_told_as_one(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path / "data") as (nats, store, folder):
            folder.write_secret(names.BOOTSTRAP, BROKER_PASSWORD, "wrong")
            folder.write_secret(names.BOOTSTRAP, STORE_ACCESS_KEY, "nobody")
            said = await asyncio.to_thread(
                told, tmp_path, folder.credentials(names.BOOTSTRAP), broker=nats.url
            )
            # The broker cuts the connection off; whether its word comes through is a matter of luck.
            assert "Authorization" in said or "refuses this user and password" in said
            said = await asyncio.to_thread(
                told, tmp_path, folder.credentials(names.BOOTSTRAP), store=store.url
            )
            assert "denied" in said.lower() or "InvalidAccessKeyId" in said

    asyncio.run(scene())


def test_an_account_that_may_not_make_streams_is_told_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        folder = DataFolder(tmp_path / "data")
        nothing = {"publish": {"deny": [">"]}, "subscribe": {"allow": [">"]}}
        user = BrokerUser(*folder.broker_account(names.BOOTSTRAP, "anybody"), nothing)
        service = await start_broker(folder, [user], lambda name, text: None)
        try:
            said = await asyncio.to_thread(
                told, tmp_path, folder.credentials(names.BOOTSTRAP), broker=service.url
            )
            assert said == (
                f"broker {service.url}: nats: permissions violation for publish to "
                f'"$js.api.stream.info.{STREAM}"'
            )
        finally:
            await service.process.stop(5)
            folder.close()

    asyncio.run(scene())


def test_another_program_at_the_store_s_address_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path / "data") as (nats, _, folder):
            url = nats.url.replace("nats://", "http://")
            said = await asyncio.to_thread(told, tmp_path, folder.credentials(names.BOOTSTRAP), store=url)
            assert said.startswith(f"store {url}: ")
            assert "Traceback" not in said

    asyncio.run(scene())


def test_a_data_folder_with_a_space_and_an_umlaut_is_as_good_as_any(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path / "meine Daten ü") as (nats, store, folder):
            assert nats.process.pid
            assert store.process.pid
            assert json.loads((folder.broker / "nats.conf").read_text("utf-8"))["host"] == "127.0.0.1"

    asyncio.run(scene())
