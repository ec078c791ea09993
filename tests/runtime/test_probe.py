"""The program of a probe, at a real broker and a real store, as devices that may and may not."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from minio import Minio

from iomt.contract import names
from iomt.contract.probe import ALLOWED, REFUSED, VARIABLE, Tries
from iomt.contract.settings import STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.plan.place import Place, settings
from tests.local.test_grants_enforced import planned, running

_SAID = ("iomt.street.gate.frames", "iomt.street.yard.frames", "$JS.API.STREAM.DELETE.street_gate_frames")
_HEARD = ("_INBOX.street.gate.x", "_INBOX.street.lake.x", "iomt.street.gate.frames", ">")
_OBJECTS = tuple(
    f"{verb} street-{lake}" for lake in ("lake", "log") for verb in ("list", "get", "put", "delete")
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each of some devices reports, and what is in the lake afterwards."""
    path = tmp_path_factory.mktemp("probed")
    plan = planned(path)

    def probe(around, folder, node):
        where = Place(
            host="127.0.0.1", http_port=0, broker=around.broker, store=around.store,
            credentials=str(folder.credentials(node)), state_dir=str(path), peer=lambda node: node,
        )  # fmt: skip
        told = path / f"{node}.json"
        told.write_text(settings(plan, plan.device(node), where).to_json())
        closed = "127.0.0.1:1"
        tries = Tries(_SAID, _HEARD, _OBJECTS, (around.broker.rpartition("/")[2], closed))
        done = subprocess.run(
            [sys.executable, "-m", "iomt.runtime.probe", str(told)],
            capture_output=True, text=True, check=False, env=os.environ | {VARIABLE: tries.packed()},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    async def scene():
        async with running(plan, path / "data") as (around, folder, _):
            told = {}
            for node in ("gate", "lake", "people"):
                told[node] = await asyncio.to_thread(probe, around, folder, node)
            user, key = (
                folder.secret(names.BOOTSTRAP, each) for each in (STORE_ACCESS_KEY, STORE_SECRET_KEY)
            )
            store = Minio(around.store.rpartition("/")[2], user, key, secure=False, region="us-east-1")
            told["kept"] = [each.object_name for each in store.list_objects("street-lake", recursive=True)]
            return told

    return asyncio.run(scene())


def _allowed(outcomes):
    return {what for what, outcome in outcomes.items() if outcome == ALLOWED}


def test_a_camera_says_its_own_hears_its_own_answers_and_has_no_objects(found):
    gate = found["gate"]
    assert _allowed(gate["publish"]) == {"iomt.street.gate.frames"}
    assert _allowed(gate["subscribe"]) == {"_INBOX.street.gate.x"}
    assert set(gate["objects"].values()) == {"no connection: it has no account there"}
    assert gate["publish"]["iomt.street.yard.frames"] == REFUSED


def test_a_lake_has_its_own_bucket_and_an_analyzer_that_reads_it_less(found):
    assert _allowed(found["lake"]["objects"]) == {
        f"{verb} street-lake" for verb in ("list", "get", "put", "delete")
    }
    assert _allowed(found["people"]["objects"]) == {"list street-lake", "get street-lake"}
    assert found["people"]["objects"]["put street-log"] == REFUSED


def test_what_is_tried_leaves_no_object(found):
    assert found["kept"] == []


def test_a_connection_is_open_or_not(found):
    (open_, closed) = found["gate"]["connect"].values()
    assert (open_, closed) == (ALLOWED, REFUSED)


def test_an_account_that_the_broker_does_not_know_is_told_as_no_connection(tmp_path):
    plan = planned(tmp_path)
    for name in ("broker-user", "broker-password"):
        (tmp_path / name).write_text("x")
    where = Place(
        host="127.0.0.1", http_port=0, broker="nats://127.0.0.1:1", store="", credentials=str(tmp_path),
        state_dir=str(tmp_path), peer=lambda node: node,
    )  # fmt: skip
    told = tmp_path / "gate.json"
    told.write_text(settings(plan, plan.device("gate"), where).to_json())
    done = subprocess.run(
        [sys.executable, "-m", "iomt.runtime.probe", str(told)],
        capture_output=True, text=True, check=True, env=os.environ | {VARIABLE: Tries(_SAID[:1]).packed()},
    )  # fmt: skip
    assert json.loads(done.stdout)["publish"][_SAID[0]].startswith("no connection: ")
