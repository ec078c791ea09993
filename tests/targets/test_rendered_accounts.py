"""Users and passwords of a graph in a cluster: a Secret for each party, and nothing of it in the objects."""

import json
import re
from pathlib import Path

import pytest
import yaml

from iomt.checks import check
from iomt.contract.provision import Provision
from iomt.plan.grants import grants
from iomt.plan.make import make
from iomt.plan.permissions import nats_permissions, s3_policy
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text

_NODES = [GATE, LAKE, PEOPLE, LOG, WALL]
_LINKS = ["gate -> lake -> people -> log", "{from: gate, to: wall, transport: http}"]
_USER = re.compile(r"^  \{user: (\S+), password: \$(\w+), permissions: (.*)\}$", re.MULTILINE)


@pytest.fixture
def checked(tmp_path):
    return check_text(tmp_path, graph_text(_NODES, _LINKS))


def _rendered(checked, **chosen):
    assert checked.resolved, checked.findings
    return render(make(checked.resolved), checked.resolved, Choices(**chosen))


def _objects(rendered):
    return {(each.body["kind"], each.body["metadata"]["name"]): each.body for each in rendered.manifests}


def _sources(pod):
    """The Secrets in the folder of credentials, each with the paths of its keys."""
    for volume in pod["volumes"]:
        if volume["name"] == "credentials":
            if "secret" in volume:
                return {volume["secret"]["secretName"]: []}
            return {
                each["secret"]["name"]: [item["path"] for item in each["secret"].get("items", ())]
                for each in volume["projected"]["sources"]
            }
    return {}


def _pod(objects, kind, name):
    (found,) = [each for key, each in objects.items() if key[0] == kind and key[1].startswith(name)]
    return found["spec"]["template"]["spec"]


def test_every_device_gets_its_own_secret_and_no_other(checked):
    objects = _objects(_rendered(checked))
    for node in ("gate", "lake", "people", "log"):
        assert _sources(_pod(objects, "Deployment", node)) == {f"iomt-credentials.{node}": []}
    assert _sources(_pod(objects, "Deployment", "wall")) == {}


def test_the_broker_knows_each_party_with_what_its_links_allow(checked):
    rendered = _rendered(checked)
    objects = _objects(rendered)
    told = objects["ConfigMap", "nats"]["data"]["nats.conf"]
    users = {json.loads(user): (word, json.loads(may)) for user, word, may in _USER.findall(told)}
    parties = {f"street.{each.name}": each for each in grants(rendered.plan).at_broker}
    assert set(users) == {
        f"street.{each}" for each in ("gate", "lake", "people", "log", "_bootstrap", "_observer")
    }
    assert {user: may for user, (_, may) in users.items()} == {
        user: nats_permissions(party) for user, party in parties.items()
    }
    (container,) = _pod(objects, "StatefulSet", "nats")["containers"]
    words = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container["env"]}
    assert words[users["street.gate"][0]] == {"name": "iomt-credentials.gate", "key": "broker-password"}
    assert {word for word, _ in users.values()} == set(words)
    assert len({each["name"] for each in words.values()}) == len(words) == len(users)


def test_the_bootstrap_makes_the_accounts_of_the_store_and_reads_their_keys(checked):
    rendered = _rendered(checked)
    objects = _objects(rendered)
    wanted = Provision.from_json(objects["ConfigMap", "iomt-bootstrap"]["data"]["provision.json"])
    parties = {f"street.{each.name}": each for each in grants(rendered.plan).at_store}
    assert {each.name: each.policy for each in wanted.users} == {
        name: s3_policy(party) for name, party in parties.items()
    }
    sources = _sources(_pod(objects, "Job", "iomt-bootstrap"))
    assert sources.pop("iomt-credentials.iomt-bootstrap") == []
    assert set(sources) == {f"iomt-credentials.{each}" for each in ("lake", "people", "log")}
    for user in wanted.users:
        below = user.credentials.removeprefix(f"{wanted.credentials}/")
        paths = sources[f"iomt-credentials.{user.name.removeprefix('street.')}"]
        assert paths == [f"{below}/store-access-key", f"{below}/store-secret-key"]


def test_what_must_be_in_the_secrets_is_what_broker_and_store_are_told(checked):
    rendered = _rendered(checked)
    assert rendered.accounts["iomt-credentials.people"] == {
        "broker-user": "street.people",
        "broker-password": "",
        "store-access-key": "street.people",
        "store-secret-key": "",
    }
    assert rendered.accounts["iomt-credentials.gate"] == {"broker-user": "street.gate", "broker-password": ""}
    assert "iomt-credentials.wall" not in rendered.accounts


def test_with_a_broker_of_somebody_elses_there_is_one_secret_for_all(checked):
    rendered = _rendered(checked, platform="external")
    assert list(rendered.accounts) == ["iomt-credentials"]
    objects = _objects(rendered)
    for kind, node in (("Deployment", "gate"), ("Deployment", "lake"), ("Job", "iomt-bootstrap")):
        assert _sources(_pod(objects, kind, node)) == {"iomt-credentials": []}
    wanted = Provision.from_json(objects["ConfigMap", "iomt-bootstrap"]["data"]["provision.json"])
    assert wanted.users is None


def test_a_new_link_rolls_the_broker_and_runs_the_bootstrap_again(tmp_path):
    def hashes(links):
        objects = _objects(_rendered(check_text(tmp_path, graph_text(_NODES, links))))
        return {
            kind: each["spec"]["template"]["metadata"]["annotations"]["iomt.dev/settings"]
            for (kind, name), each in objects.items()
            if name.startswith("iomt-bootstrap-") or (kind, name) == ("StatefulSet", "nats")
        }

    before, after = hashes(_LINKS), hashes([*_LINKS, "people -> wall"])
    assert before.keys() == after.keys() == {"Job", "StatefulSet"}
    assert all(before[kind] != after[kind] for kind in before)


def test_variables_of_passwords_are_as_many_as_users_whatever_nodes_are_called(tmp_path):
    cameras = [GATE.replace("gate", name) for name in ("a-b", "a--b", "ab", "bootstrap")]
    links = [f"{each} -> lake" for each in ("a-b", "a--b", "ab", "bootstrap")]
    objects = _objects(_rendered(check_text(tmp_path, graph_text([*cameras, LAKE], links))))
    (container,) = _pod(objects, "StatefulSet", "nats")["containers"]
    words = [each["name"] for each in container["env"]]
    assert len(set(words)) == len(words) == 7


def test_no_object_holds_a_password_or_another_secret():
    for graph in (Path(__file__).parents[2] / "graphs").glob("*.yaml"):
        for manifest in _rendered(check(str(graph))).manifests:
            assert manifest.body["kind"] != "Secret"
            assert not re.search(r"password: [^$]", yaml.safe_dump(manifest.body))
