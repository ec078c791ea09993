"""Graphs whose broker's users and whose provision are more than a ConfigMap holds."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from iomt.contract.provision import Consumer, Provision, Stream
from iomt.plan.grants import grants
from iomt.plan.make import make
from iomt.targets.kubernetes import config_files, render
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.compose import compose_text
from tests import grants_oracle as oracle
from tests.graphs import HEAD, check_text, graph_text
from tests.local.test_grants_enforced import (
    LINKS,
    MEANT_AT_STORE,
    NODES,
    matrix_at_broker,
    matrix_at_store,
    meant_at_broker,
)
from tests.targets.pods_here import PodsHere

_NATS_SERVER = Path(sys.executable).parent / "nats-server"


def _rendered(folder, text, **chosen):
    checked = check_text(folder, text)
    assert checked.resolved, checked.findings
    rendered = render(make(checked.resolved), checked.resolved, Choices(**chosen))
    assert "target-size" not in {finding.rule for finding in rendered.findings}
    return rendered


@pytest.mark.parametrize("servers", [1, 3])
def test_users_of_several_files_may_do_the_same(tmp_path, monkeypatch, servers):
    monkeypatch.setattr(config_files, "ROOM", 1500)
    here = PodsHere(_rendered(tmp_path, graph_text(NODES, LINKS), servers=servers), tmp_path)
    maps = {name for kind, name in here.objects if kind == "ConfigMap"}
    assert {"nats", "nats.users-0", "nats.users-1", "iomt-bootstrap", "iomt-bootstrap.provision-1"} <= maps
    plan = here.rendered.plan
    with here.running():
        assert asyncio.run(matrix_at_broker(plan, here.broker, here)) == meant_at_broker(plan)
        assert matrix_at_store(plan, here.store, here) == {
            (party.name, bucket): MEANT_AT_STORE[oracle.role_at(plan, party.name, bucket)]
            for party in grants(plan).at_store
            for bucket in plan.buckets
        }


def test_the_pods_of_broker_and_bootstrap_have_all_files_in_one_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(config_files, "ROOM", 1500)
    here = PodsHere(_rendered(tmp_path, graph_text(NODES, LINKS)), tmp_path)
    (volume,) = [each for each in here.pod("StatefulSet", "nats")["volumes"] if each["name"] == "config"]
    names = [each["configMap"]["name"] for each in volume["projected"]["sources"]]
    assert names[0] == "nats"
    assert set(names) == {name for kind, name in here.objects if kind == "ConfigMap" and name[:4] == "nats"}
    (container,) = here.job()["containers"]
    assert container["command"][3:5] == ["/etc/iomt/provision.json", "/etc/iomt/provision-1.json"]


def test_a_compose_file_has_them_too(tmp_path, monkeypatch):
    monkeypatch.setattr(config_files, "ROOM", 1500)
    resolved = check_text(tmp_path, graph_text(NODES, LINKS)).resolved
    rendered = render(make(resolved), resolved)
    text = compose_text(rendered, make(resolved), str(tmp_path))
    assert "target: /etc/nats/users-1.conf" in text
    assert "target: /etc/iomt/provision-1.json" in text


def test_two_thousand_nodes_fit_into_objects_that_an_api_server_takes(tmp_path):
    nodes = []
    for at in range(500):
        nodes += [
            f"  c{at}: {{kind: MSensor, device: rtsp-camera, options: {{url: 'rtsp://10.0.0.1/{at}'}}}}",
            f"  l{at}: {{kind: MStorage, device: object-lake}}",
            f"  p{at}: {{kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}}",
            f"  r{at}: {{kind: MStorage, device: result-log}}",
        ]
    links = []
    for at in range(500):
        links += [f"  - c{at} -> l{(at + step) % 500}" for step in range(4)]
        links += [f"  - c{at} -> p{at} -> r{at}", f"  - p{at} -> r{(at + 1) % 500}"]
    text = HEAD + "".join(f"  {line}\n" for line in ["nodes:", *nodes, "links:", *links])
    rendered = _rendered(tmp_path, text)
    folder = tmp_path / "nats"
    folder.mkdir()
    variables = {}
    for each in rendered.manifests:
        data = each.body.get("data", {})
        assert sum(len(text.encode()) for text in data.values()) < 950_000
        if each.owner.name == "nats" and each.body["kind"] == "ConfigMap":
            for file, text in data.items():
                (folder / file).write_text(text)
        if each.body["kind"] == "StatefulSet" and each.owner.name == "nats":
            (container,) = each.body["spec"]["template"]["spec"]["containers"]
            variables = {variable["name"]: "k1" for variable in container["env"]}
    assert len(list(folder.iterdir())) > 1
    done = subprocess.run(
        [_NATS_SERVER, "-t", "-c", folder / "nats.conf"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_more_accounts_than_a_pod_can_name_are_told_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("iomt.targets.kubernetes.refusals.LARGEST", 2_000)
    resolved = check_text(tmp_path, graph_text(NODES, LINKS)).resolved
    found = [each for each in render(make(resolved), resolved).findings if each.rule == "target-size"]
    assert [each.message.partition(" that it is ")[0] for each in found] == [
        "the broker's pod names so many accounts",
        "the bootstrap's pod names so many accounts",
    ]
    assert {(each.span.line, each.help) for each in found} == {(1, "make two graphs of it")}


def test_parts_of_a_provision_are_the_whole_again():
    streams = tuple(Stream(f"s{n}", f"iomt.s.{n}", 0) for n in range(9))
    consumers = tuple(Consumer(f"c{n}", "s1") for n in range(20))
    whole = Provision("g", "nats://x", "http://y", "/c", streams, consumers, ("a", "b"), True, None, 3)
    parts = whole.parts(900)
    assert len(parts) > 2
    assert max(map(len, parts)) <= 900
    again = Provision.together([Provision.from_json(each) for each in parts])
    assert (set(again.streams), set(again.consumers), set(again.buckets)) == (
        set(streams),
        set(consumers),
        {"a", "b"},
    )
    assert again.users is None
    assert again.replicas == 3
    assert whole.parts(100_000) == [whole.to_json()]
    assert json.loads(parts[0])["graph"] == "g"
