"""Grants against the links of any graph: no pair too many, none missing."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from iomt.catalogue.resolved import Resolved
from iomt.checks import check
from iomt.plan.grants import Grants, grants
from iomt.plan.make import make
from iomt.plan.permissions import nats_permissions, s3_policy
from iomt.plan.plan import Plan
from tests import grants_oracle as oracle
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text

_SENSOR = "{name}: {{kind: MSensor, device: usb-camera}}"
_ANALYZER = "{name}: {{kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}}"
_LAKE = "{name}: {{kind: MStorage, device: object-lake}}"
_LOG = "{name}: {{kind: MStorage, device: result-log}}"
_ALARM = "{name}: {{kind: MActuator, device: log}}"
_WALL = "{name}: {{kind: MActuator, device: monitor}}"


@st.composite
def graph_texts(draw: st.DrawFn) -> str:
    """Up to nine nodes of every kind, and links between those that fit, of every delivery and way."""
    many = st.integers(0, 2)
    names: dict[str, list[str]] = {}
    nodes = []
    for role, line in (
        ("c", _SENSOR), ("a", _ANALYZER), ("l", _LAKE), ("r", _LOG), ("s", _ALARM), ("w", _WALL),
    ):  # fmt: skip
        names[role] = [f"{role}{number}" for number in range(draw(many))]
        nodes += [line.format(name=name) for name in names[role]]
    if not nodes:
        nodes, names["c"] = [_SENSOR.format(name="c0")], ["c0"]
    pairs = [
        (source, target)
        for sources, targets in (("c", "alw"), ("l", "a"), ("a", "rsw"))
        for source in names[sources]
        for role in targets
        for target in names[role]
    ]
    links = []
    for source, target in draw(st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([])):
        ways = ["", ", delivery: durable", ", delivery: latest"]
        if source not in names["l"]:
            ways.append(", delivery: latest, transport: http")
        way = draw(st.sampled_from(ways))
        links.append(f"{{from: {source}, to: {target}{way}}}")
    return graph_text(nodes, links)


def plan_of(resolved: Resolved | None) -> Plan:
    assert resolved
    return make(resolved)


def _party(plan: Plan, name: str) -> Grants:
    found = grants(plan)
    return next(each for each in (*found.devices, found.bootstrap, found.observer) if each.name == name)


def _matches(pattern: str, subject: str) -> bool:
    wanted, given_ = pattern.split("."), subject.split(".")
    for index, token in enumerate(wanted):
        if token == ">":
            return len(given_) > index
        if index >= len(given_) or token not in ("*", given_[index]):
            return False
    return len(wanted) == len(given_)


def _allowed(permissions: dict[str, list[str]], subject: str) -> bool:
    if "allow" in permissions:
        return any(_matches(pattern, subject) for pattern in permissions["allow"])
    return not any(_matches(pattern, subject) for pattern in permissions["deny"])


@settings(max_examples=60, deadline=None)
@given(text=graph_texts())
def test_devices_may_do_what_their_links_need_and_nothing_else(tmp_path_factory, text: str) -> None:
    plan = plan_of(check_text(tmp_path_factory.mktemp("graph"), text).resolved)
    for party in grants(plan).devices:
        permissions = nats_permissions(party)
        for subject in (*oracle.subjects(plan), *oracle.requests(plan)):
            said = (_allowed(permissions["publish"], subject), _allowed(permissions["subscribe"], subject))
            meant = (
                oracle.may_publish(plan, party.name, subject),
                oracle.may_subscribe(plan, party.name, subject),
            )
            assert said == meant, (party.name, subject)
        for wide in oracle.WIDE:
            assert wide not in permissions["publish"].get("allow", [])
            assert wide not in permissions["subscribe"].get("allow", [])
        held = {each.bucket: each.verbs for each in party.objects}
        for bucket in plan.buckets:
            role = oracle.role_at(plan, party.name, bucket)
            verbs = {"owner": ("list", "get", "put", "delete"), "reader": ("list", "get")}
            assert held.pop(bucket, ()) == verbs.get(role, ())
        assert not held
        peers = {each.to for each in party.connections if each.kind == "peer"}
        assert peers == {
            link.source for link in plan.links if link.target == party.name and link.transport == "http"
        }


def test_every_reason_is_a_link_or_a_node_with_its_line(tmp_path) -> None:
    text = graph_text(
        [GATE, LAKE, PEOPLE, LOG, WALL],
        ["gate -> lake", "lake -> people -> log", "{from: gate, to: wall, transport: http}"],
    )
    plan = plan_of(check_text(tmp_path, text).resolved)
    lines = (tmp_path / "graph.yaml").read_text().splitlines()
    for device in grants(plan).devices:
        for each in (*device.publish, *device.subscribe, *device.objects, *device.connections):
            for reason in each.reasons:
                file, _, number = reason.origin.rpartition(":")
                assert file == str(tmp_path / "graph.yaml")
                assert device.name in lines[int(number) - 1]


def test_a_reader_of_a_lake_gets_no_verb_that_changes_it(tmp_path) -> None:
    plan = plan_of(
        check_text(tmp_path, graph_text([GATE, LAKE, PEOPLE], ["gate -> lake -> people"])).resolved
    )
    policy = json.loads(s3_policy(_party(plan, "people")))
    assert policy["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::street-lake"]},
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::street-lake/*"]},
    ]


def test_who_may_say_nothing_is_denied_all_since_an_empty_list_would_allow_it(tmp_path) -> None:
    plan = plan_of(check_text(tmp_path, graph_text([GATE, WALL], ["gate -> wall"])).resolved)
    assert nats_permissions(_party(plan, "wall")) == {
        "publish": {"deny": [">"]},
        "subscribe": {"allow": ["iomt.street.gate.frames"]},
    }


def test_addresses_of_the_user_are_connections_without_the_password_in_them(tmp_path) -> None:
    camera = (
        'gate: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://bob:secret@10.0.0.12:8554/s"}}'
    )
    hook = 'siren: {kind: MActuator, device: webhook, options: {url: "http://siren.local/on"}}'
    text = graph_text([camera, PEOPLE, hook], ["gate -> people -> siren"])
    plan = plan_of(check_text(tmp_path, text).resolved)
    found = {(each.name, c.kind, c.to) for each in grants(plan).devices for c in each.connections}
    assert found == {
        ("gate", "broker", ""),
        ("gate", "outside", "10.0.0.12:8554"),
        ("people", "broker", ""),
        ("people", "hub", ""),
        ("siren", "broker", ""),
        ("siren", "outside", "siren.local"),
    }


def test_with_http_links_alone_nobody_has_an_account() -> None:
    found = grants(plan_of(check("graphs/composed.yaml").resolved))
    assert (found.at_broker, found.at_store) == ((), ())
