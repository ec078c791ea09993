"""What `iomt compile` renders, at a real nats-server and a real S3 gateway: all pairs of forty nodes.

Users, permissions, policies, passwords: all of it is taken out of the objects, as pods get it.
"""

import asyncio
import os
import shutil
from contextlib import AsyncExitStack, asynccontextmanager

import nats
import pytest

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD, BROKER_USER, Settings
from iomt.plan.grants import grants
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from tests import grants_oracle as oracle
from tests.graphs import check_text, graph_text
from tests.local.test_grants_enforced import (
    LINKS,
    MEANT_AT_STORE,
    NODES,
    matrix_at_broker,
    matrix_at_store,
    meant_at_broker,
    stranger_at_store,
)
from tests.local.test_grants_of_forty import forty_lines
from tests.targets.pods_here import PodsHere

_MINIO = shutil.which(os.environ.get("IOMT_TEST_MINIO", "minio"))


def _here(folder, nodes=NODES, links=LINKS, **chosen):
    checked = check_text(folder, graph_text(nodes, links))
    assert checked.resolved, checked.findings
    return PodsHere(render(make(checked.resolved), checked.resolved, Choices(**chosen)), folder)


def _meant_at_store(plan):
    return {
        (party.name, bucket): MEANT_AT_STORE[oracle.role_at(plan, party.name, bucket)]
        for party in grants(plan).at_store
        for bucket in plan.buckets
    }


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    with _here(tmp_path_factory.mktemp("street")).running() as here:
        yield here


def test_each_device_can_do_what_its_links_need_and_nothing_else(street):
    plan = street.rendered.plan
    assert asyncio.run(matrix_at_broker(plan, street.broker, street)) == meant_at_broker(plan)
    assert matrix_at_store(plan, street.store, street) == _meant_at_store(plan)
    assert stranger_at_store(street.store, street) == "InvalidAccessKeyId"


def test_what_is_said_over_a_link_arrives(street):
    assert asyncio.run(_arrived(street)) == {link.name for link in _brokered(street)}


def test_the_bootstrap_can_run_again_and_takes_nothing_away(street):
    street.bootstrap()
    assert asyncio.run(_arrived(street)) == {link.name for link in _brokered(street)}
    assert matrix_at_store(street.rendered.plan, street.store, street) == _meant_at_store(
        street.rendered.plan
    )


@pytest.mark.skipif(not _MINIO, reason="there is no minio, nor a fork of it named by IOMT_TEST_MINIO")
def test_a_fork_of_minio_refuses_the_same(tmp_path):
    here = _here(tmp_path, store="silo")
    here.store_program = _MINIO
    with here.running():
        assert matrix_at_store(here.rendered.plan, here.store, here) == _meant_at_store(here.rendered.plan)
        assert stranger_at_store(here.store, here) == "InvalidAccessKeyId"
        here.bootstrap()
        assert matrix_at_store(here.rendered.plan, here.store, here) == _meant_at_store(here.rendered.plan)


@pytest.mark.slow
def test_no_pair_of_forty_nodes_can_do_more_or_less_than_its_links(tmp_path):
    with _here(tmp_path, *forty_lines()).running() as here:
        plan = here.rendered.plan
        assert len(plan.devices) == 40
        assert asyncio.run(_arrived(here)) == {link.name for link in _brokered(here)}
        assert asyncio.run(matrix_at_broker(plan, here.broker, here)) == meant_at_broker(plan)
        assert matrix_at_store(plan, here.store, here) == _meant_at_store(plan)


def _brokered(here):
    return [link for link in here.rendered.plan.links if link.transport != "http"]


async def _arrived(here):
    """The links whose target got what their source said, each with the account and settings of its pod."""
    arrived = set()
    async with AsyncExitStack() as stack:
        nodes = {link.source for link in _brokered(here)} | {link.target for link in _brokered(here)}
        clients = {each: await stack.enter_async_context(_connected(here, each)) for each in sorted(nodes)}
        told = {each: _settings(here, each) for each in clients}
        inputs = {link.link: (node, link) for node, each in told.items() for link in each.inputs}
        live = {
            name: await clients[node].subscribe(link.subject, queue=names.consumer(node, link.port))
            for name, (node, link) in inputs.items()
            if link.delivery == "latest" and link.subject
        }
        for client in clients.values():
            await client.flush()
        for node, each in told.items():
            for output in each.outputs:
                if output.stream:
                    await clients[node].jetstream().publish(output.subject, node.encode())
                elif output.subject:
                    await clients[node].publish(output.subject, node.encode())
        for name, (node, link) in inputs.items():
            if name in live:
                message = await live[name].next_msg(timeout=5)
            elif link.delivery == "durable":
                message = await _next(clients[node], link)
            else:
                continue
            if message.data.decode() == link.source:
                arrived.add(name)
    return arrived


@asynccontextmanager
async def _connected(here, node):
    user, word = (here.secret(node, key) for key in (BROKER_USER, BROKER_PASSWORD))
    inbox = names.inbox(here.rendered.plan.graph, node).encode()
    client = await nats.connect(here.broker, user=user, password=word, inbox_prefix=inbox)
    try:
        yield client
    finally:
        await client.close()


async def _next(client, link):
    """Take the next message that is not empty (the matrix says empty ones) and acknowledge it."""
    taken = await client.jetstream().pull_subscribe_bind(link.consumer, link.stream)
    while True:
        (message,) = await taken.fetch(1, timeout=5)
        await message.ack_sync()
        if message.data:
            return message


def _settings(here, node):
    return Settings.from_json(here.objects["ConfigMap", node]["data"]["settings.json"])
