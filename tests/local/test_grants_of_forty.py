"""Forty nodes, every pair of them: what has no link is refused by the real broker and the real store."""

import asyncio
from pathlib import Path

import pytest

from iomt.plan.grants import grants
from tests import grants_oracle as oracle
from tests.local.test_grants_enforced import (
    MEANT_AT_STORE,
    matrix_at_broker,
    matrix_at_store,
    meant_at_broker,
    planned,
    running,
)

pytestmark = pytest.mark.slow

_KINDS = {
    "cam": (16, "kind: MSensor, device: usb-camera"),
    "eye": (8, "kind: MAnalyzer, model: a/b, revision: v1, task: object-detection"),
    "lake": (4, "kind: MStorage, device: object-lake"),
    "log": (4, "kind: MStorage, device: result-log"),
    "bell": (4, "kind: MActuator, device: log"),
    "wall": (4, "kind: MActuator, device: monitor"),
}


def forty_lines() -> tuple[list[str], list[str]]:
    """Its nodes and its links."""
    nodes = [f"{kind}{n}: {{{entry}}}" for kind, (many, entry) in _KINDS.items() for n in range(many)]
    links = [f"cam{n} -> lake{n % 4}" for n in range(16)]
    links += [f"lake{n} -> eye{n}" for n in range(4)]
    links += [f"cam{n} -> eye{n}" for n in range(4, 8)]
    links += [f'"eye{n} -> [log{n % 4}, bell{(n + 1) % 4}, wall{n % 4}]"' for n in range(8)]
    links += [f"{{from: cam{n + 8}, to: wall{n % 4}, transport: http, delivery: latest}}" for n in range(8)]
    return nodes, links


def test_no_pair_of_forty_nodes_can_do_more_or_less_than_its_links(tmp_path: Path) -> None:
    plan = planned(tmp_path, *forty_lines())
    assert len(plan.devices) == 40

    async def scene() -> None:
        async with running(plan, tmp_path / "data") as (around, folder, _):
            assert await matrix_at_broker(plan, around.broker, folder) == meant_at_broker(plan)
            tried = await asyncio.to_thread(matrix_at_store, plan, around.store, folder)
            assert tried == {
                (party.name, bucket): MEANT_AT_STORE[oracle.role_at(plan, party.name, bucket)]
                for party in grants(plan).at_store
                for bucket in plan.buckets
            }

    asyncio.run(scene())
