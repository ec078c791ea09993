"""What `iomt prove` tries, beside what links allow: `tests.grants_oracle` tells it apart from the grants."""

import pytest

from iomt.cluster.attempts import Attempt, attempts
from iomt.plan.grants import grants
from iomt.plan.make import make
from tests import grants_oracle as oracle
from tests.graphs import check_text, graph_text
from tests.local.test_grants_enforced import LINKS, NODES
from tests.local.test_grants_of_forty import forty_lines

_MAY = {oracle.OWNER: {"list", "get", "put", "delete"}, oracle.READER: {"list", "get"}, oracle.NOBODY: set()}


def _plan(folder, nodes, links):
    return make(check_text(folder, graph_text(nodes, links)).resolved)


@pytest.fixture(params=["eight", "forty"])
def plan(request, tmp_path):
    return _plan(tmp_path, *((NODES, LINKS) if request.param == "eight" else forty_lines()))


def test_what_may_be_and_what_may_not_is_as_the_links_say(plan):
    for each in attempts(plan, grants(plan)):
        allowed = bool(each.reasons)
        if each.way == "publish":
            assert allowed == oracle.may_publish(plan, each.node, each.what), each
        elif each.way == "subscribe":
            assert allowed == oracle.may_subscribe(plan, each.node, each.what), each
        elif each.way == "objects":
            verb, bucket = each.what.split(" ")
            assert allowed == (verb in _MAY[oracle.role_at(plan, each.node, bucket)]), each


def test_every_device_tries_every_subject_bucket_and_device_once(plan):
    found = list(attempts(plan, grants(plan)))
    assert len({(each.node, each.way, each.what) for each in found}) == len(found)
    said = {(each.node, each.what) for each in found if each.way == "publish"}
    reached = {(each.node, each.to) for each in found if each.way == "connect"}
    for one in plan.devices:
        for other in plan.devices:
            assert one is other or (one.name, other.name) in reached
            for port in other.outputs:
                assert (one.name, f"iomt.{plan.graph}.{other.name}.{port.port}") in said
            for verb in ("list", "get", "put", "delete") if other.bucket else ():
                assert any(each.node == one.name and each.what == f"{verb} {other.bucket}" for each in found)


def test_a_connection_is_allowed_to_whom_the_node_reads_by_http_and_to_the_broker(tmp_path):
    plan = _plan(tmp_path, NODES, LINKS)
    allowed = {
        (each.node, each.what)
        for each in attempts(plan, grants(plan))
        if each.way == "connect" and each.reasons
    }
    brokered = {(node.partition(":")[0], "nats:4222") for node in NODES}
    stored = {(node, "store:9000") for node in ("lake", "people", "log")}
    assert allowed == brokered | stored | {("wall", "yard:8080")}


def test_a_reason_names_the_link_and_its_line(tmp_path):
    plan = _plan(
        tmp_path,
        ["gate: {kind: MSensor, device: usb-camera}", "lake: {kind: MStorage, device: object-lake}"],
        ["gate -> lake"],
    )
    (said,) = (
        each
        for each in attempts(plan, grants(plan))
        if each.node == "gate" and each.reasons and each.way == "publish"
    )
    assert isinstance(said, Attempt)
    assert [(reason.what, reason.origin) for reason in said.reasons] == [
        ("gate.frames->lake.media", f"{plan.file}:9")
    ]
