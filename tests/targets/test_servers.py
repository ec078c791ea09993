"""Several servers of the broker, as rendered, as processes of this machine."""

import asyncio
import subprocess
import time

import kubernetes_validate
import nats
import pytest
from nats.js.errors import ServiceUnavailableError

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from tests.graphs import GATE, LAKE, LOG, PEOPLE, check_text, graph_text
from tests.local.test_grants_enforced import matrix_at_broker, meant_at_broker
from tests.targets.pods_here import PodsHere

_NODES, _LINKS = [GATE, LAKE, PEOPLE, LOG], ["gate -> lake", "gate -> people -> log"]


def _here(folder, servers):
    checked = check_text(folder, graph_text(_NODES, _LINKS))
    assert checked.resolved, checked.findings
    return PodsHere(render(make(checked.resolved), checked.resolved, Choices(servers=servers)), folder)


def _accounts(here, party):
    user, word = (here.secret(party, key) for key in (BROKER_USER, BROKER_PASSWORD))
    return {"user": user, "password": word, "inbox_prefix": names.inbox("street", party).encode()}


@pytest.mark.parametrize("servers", [1, 2, 3])
def test_objects_fit_the_strict_schema(tmp_path, servers):
    for each in _here(tmp_path, servers).objects.values():
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


def test_one_server_needs_no_peers(tmp_path):
    kinds = set(_here(tmp_path, 1).objects)
    assert not kinds & {("PodDisruptionBudget", "nats")}
    assert {("PodDisruptionBudget", "nats")} <= set(_here(tmp_path, 3).objects)


def test_three_servers_keep_each_stream_and_refuse_the_same(tmp_path):
    with _here(tmp_path, 3).running() as here:
        plan = here.rendered.plan
        for each in here.brokers:
            assert asyncio.run(matrix_at_broker(plan, each, here)) == meant_at_broker(plan)
        assert asyncio.run(_copies(here)) == {"street_gate_frames": 3, "street_people_results": 3}


def test_nothing_is_lost_while_one_of_three_servers_is_away(tmp_path):
    async def scene(here):
        before = [b"%d" % number for number in range(20)]
        await _publish(here.brokers[0], here, before)
        here.servers[0].kill()
        here.servers[0].wait()
        after = [b"%d" % number for number in range(20, 40)]
        await _publish(here.brokers[1], here, after)
        lake = await nats.connect(here.brokers[2], **_accounts(here, "lake"))
        taken = await lake.jetstream().pull_subscribe_bind("lake_media", "street_gate_frames")
        found = []
        until = time.monotonic() + 60
        while len(found) < 40 and time.monotonic() < until:
            try:
                messages = await taken.fetch(10, timeout=10)
            except ServiceUnavailableError:  # the consumer has no new leader yet: devices ask again too
                await asyncio.sleep(0.2)
                continue
            for message in messages:
                await message.ack_sync()
                found.append(message.data)
        await lake.close()
        assert sorted(found, key=int) == before + after

    with _here(tmp_path, 3).running() as here:
        asyncio.run(scene(here))


def test_who_does_not_know_the_password_of_routes_is_no_server(tmp_path):
    with _here(tmp_path, 2).running() as here:
        pod = here.pod("StatefulSet", "nats")
        assert "ROUTES_PASSWORD" in {each["name"] for each in pod["containers"][0]["env"]}
        (route,) = {
            line.partition("port: ")[2].partition(",")[0]
            for line in (tmp_path / "nats-0.conf").read_text().splitlines()
            if line.startswith("cluster")
        }
        stranger = [
            "-a",
            "127.0.0.1",
            "-p",
            "-1",
            "--cluster_name",
            "street",
            "--cluster",
            "nats://127.0.0.1:-1",
        ]
        log = tmp_path / "stranger.log"
        command = [here.program, *stranger, "--routes", f"nats://127.0.0.1:{route}", "-l", str(log)]
        with subprocess.Popen(command) as process:
            asyncio.run(_told(log, "Authorization Violation"))
            process.terminate()


async def _told(log, words):
    async with asyncio.timeout(20):
        while not (log.exists() and words in log.read_text()):
            await asyncio.sleep(0.05)


async def _copies(here):
    """How many servers have each stream."""
    client = await nats.connect(here.brokers[1], **_accounts(here, names.BOOTSTRAP))
    found = {}
    for stream in here.rendered.plan.streams:
        told = await client.jetstream().stream_info(stream.name)
        found[stream.name] = 1 + len(told.cluster.replicas)
    await client.close()
    return found


async def _publish(broker, here, texts):
    """Each is said again until the stream has it: a new leader takes a moment."""
    client = await nats.connect(broker, **_accounts(here, "gate"))
    for text in texts:
        async with asyncio.timeout(20):
            while True:
                try:
                    heads = {"Nats-Msg-Id": f"gate.{text.decode()}"}
                    await client.jetstream().publish(
                        "iomt.street.gate.frames", text, headers=heads, timeout=1
                    )
                    break
                except nats.errors.Error:
                    await asyncio.sleep(0.1)
    await client.close()
