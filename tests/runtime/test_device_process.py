"""``python -m iomt.runtime SETTINGS.json`` as a pod runs it: a process of its own, ended by SIGTERM."""

import asyncio
import json
import signal
import sys
import urllib.request
from pathlib import Path

from minio import Minio
from prometheus_client.parser import text_string_to_metric_families

from iomt.contract import http, names
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.local.ports import free_ports
from tests.runtime.test_delivery import capture, open_port
from tests.services import DURABLE, STREAM, broker_and_store, make_stream, settings, until

BUCKET = "test-lake"


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        body: bytes = answer.read()
    return body


def ready(url: str) -> bool:
    try:
        return bool(json.loads(get(url + http.READY))["ready"])
    except OSError:
        return False


async def start(path: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "iomt.runtime",
        str(path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


def test_sigterm_ends_a_lake_with_0_and_all_that_it_took_is_stored_or_handed_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path) as (nats, store, folder):
            await make_stream(nats, folder)
            objects = Minio(
                store.url.removeprefix("http://"),
                access_key=folder.secret(names.BOOTSTRAP, STORE_ACCESS_KEY),
                secret_key=folder.secret(names.BOOTSTRAP, STORE_SECRET_KEY),
                secure=False,
            )
            objects.make_bucket(BUCKET)
            own = settings(
                nats, folder, "lake", kind="MStorage", runtime="iomt.runtime.storages.object_lake:ObjectLake",
                store=store.url, bucket=BUCKET, inputs=(DURABLE,), http_port=free_ports(1)[0],
            )  # fmt: skip
            path = tmp_path / "lake.json"
            path.write_text(own.to_json())
            lake = await start(path)
            url = f"http://127.0.0.1:{own.http_port}"
            await until(lambda: ready(url))
            port, sender, _ = await open_port(nats, folder)
            for number in range(400):
                await port.offer(capture(number, 20_000))
            page = (await asyncio.to_thread(get, url + http.METRICS)).decode()
            families = {family.name: family for family in text_string_to_metric_families(page)}
            assert families["iomt_link_delivered"].samples[0].labels == {"link": DURABLE.link}
            lake.send_signal(signal.SIGTERM)
            told, _ = await lake.communicate()
            assert lake.returncode == 0, told.decode()
            await port.drain(10)
            consumer = await sender.client.jetstream().consumer_info(STREAM, DURABLE.consumer)
            stored = len(list(objects.list_objects(BUCKET, recursive=True)))
            assert consumer.num_ack_pending == 0
            assert stored + consumer.num_pending == 400
            assert stored > 0
            await sender.close()

    asyncio.run(scene())


def test_a_device_that_waits_for_its_broker_ends_at_once_when_told_to(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path) as (nats, store, folder):
            own = settings(
                nats, folder, "lake", kind="MStorage", runtime="iomt.runtime.storages.object_lake:ObjectLake",
                store=store.url, bucket=BUCKET, broker="nats://127.0.0.1:1", http_port=free_ports(1)[0],
            )  # fmt: skip
            path = tmp_path / "lake.json"
            path.write_text(own.to_json())
            lake = await start(path)
            url = f"http://127.0.0.1:{own.http_port}"

            def waits() -> bool:
                try:
                    get(url + http.ALIVE)
                except OSError:
                    return False
                return not ready(url)

            await until(waits)
            lake.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                told, _ = await lake.communicate()
            assert lake.returncode == 0, told.decode()

    asyncio.run(scene())


def test_a_missing_python_package_is_told_with_what_to_install(tmp_path: Path) -> None:
    async def scene() -> None:
        async with broker_and_store(tmp_path) as (nats, _, folder):
            path = tmp_path / "lake.json"
            path.write_text(settings(nats, folder, "lake", runtime="no_such_package.lake:Lake").to_json())
            lake = await start(path)
            told, _ = await lake.communicate()
            assert lake.returncode == http.EXIT_SETTINGS
            line = json.loads(told.splitlines()[-1])
            assert line["level"] == "error"
            assert "install no_such_package" in line["message"]

    asyncio.run(scene())
