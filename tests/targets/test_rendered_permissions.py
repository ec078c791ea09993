"""Permissions in the rendered text of any graph against an oracle of its links; nats-server reads each."""

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from iomt.checks import check
from iomt.contract.provision import Provision
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from tests import grants_oracle as oracle
from tests.graphs import check_text
from tests.plan.test_grants import _allowed, graph_texts

_NATS_SERVER = Path(sys.executable).parent / "nats-server"
_GRAPHS = sorted((Path(__file__).parents[2] / "graphs").glob("*.yaml"))
_USER = re.compile(r'^  \{user: "street\.(\S+)", password: \$\w+, permissions: (.*)\}$', re.MULTILINE)
_VERBS = {
    oracle.OWNER: {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"},
    oracle.READER: {"s3:ListBucket", "s3:GetObject"},
    oracle.NOBODY: set(),
}
_ACTIONS = [
    *sorted(_VERBS[oracle.OWNER]),
    "s3:CreateBucket", "s3:DeleteBucket", "s3:ListAllMyBuckets", "s3:GetBucketPolicy", "s3:PutBucketPolicy",
    "s3:PutBucketAcl", "s3:PutLifecycleConfiguration", "s3:PutObjectAcl", "s3:BypassGovernanceRetention",
    "s3:GetBucketVersioning", "s3:AbortMultipartUpload", "iam:CreateUser", "admin:CreateUser",
]  # fmt: skip


def _objects(rendered):
    return {(each.body["kind"], each.body["metadata"]["name"]): each.body for each in rendered.manifests}


def _said_of_brokers(objects, folder):
    """Permissions by party in the broker's configuration, which nats-server has read."""
    found = objects.get(("ConfigMap", "nats"))
    if not found:
        return {}
    text = found["data"]["nats.conf"]
    (container,) = objects["StatefulSet", "nats"]["spec"]["template"]["spec"]["containers"]
    variables = {each["name"]: "k1" for each in container["env"]}
    path = folder / "nats.conf"
    path.write_text(text)
    done = subprocess.run(
        [_NATS_SERVER, "-t", "-c", path], env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "configuration file" in done.stderr + done.stdout
    return {party: json.loads(may) for party, may in _USER.findall(text)}


def _may(policy, action, resource):
    """Whether an IAM policy of `Allow` statements lets this through, by the words of its documentation."""
    for statement in policy["Statement"]:
        assert set(statement) == {"Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        if any(fnmatch.fnmatchcase(action, each) for each in statement["Action"]) and any(
            fnmatch.fnmatchcase(resource, each) for each in statement["Resource"]
        ):
            return True
    return False


@settings(max_examples=25, deadline=None)
@given(text=graph_texts())
def test_what_is_rendered_allows_what_links_need_and_nothing_else(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("graph")
    checked = check_text(folder, text)
    rendered = render(make(checked.resolved), checked.resolved)
    plan, objects = rendered.plan, _objects(rendered)
    at_broker = _said_of_brokers(objects, folder)
    told = objects.get(("ConfigMap", "iomt-bootstrap"))
    users = Provision.from_json(told["data"]["provision.json"]).users if told else None
    at_store = {each.name.removeprefix("street."): json.loads(each.policy) for each in users or ()}
    assert set(at_broker) <= {*(each.name for each in plan.devices), "_bootstrap", "_observer"}
    for device in plan.devices:
        name, may = device.name, at_broker.get(device.name)
        for subject in (*oracle.subjects(plan), *oracle.requests(plan)):
            meant = oracle.may_publish(plan, name, subject), oracle.may_subscribe(plan, name, subject)
            # Who has no account is let in nowhere.
            said = (
                (_allowed(may["publish"], subject), _allowed(may["subscribe"], subject))
                if may
                else (False,) * 2
            )
            assert said == meant, (name, subject)
        policy = at_store.get(name, {"Statement": []})
        for bucket in (*plan.buckets, "street-another", "elsewhere-lake"):
            meant = _VERBS[oracle.role_at(plan, name, bucket)]
            there = f"arn:aws:s3:::{bucket}"
            said = {
                action
                for action in _ACTIONS
                if _may(policy, action, there) or _may(policy, action, f"{there}/gate/2026/11/x.jpg")
            }
            assert said == meant, (name, bucket)


@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_nats_server_reads_the_configuration_of_every_example(graph, tmp_path):
    checked = check(str(graph))
    _said_of_brokers(_objects(render(make(checked.resolved), checked.resolved, Choices())), tmp_path)
