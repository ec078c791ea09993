"""Rates, sizes and model seconds, added up along a graph."""

import math

import pytest

from iomt.budget.budget import budget
from iomt.catalogue.declaration import Profile
from iomt.catalogue.load import load_catalogue
from iomt.catalogue.measured import Measured
from iomt.catalogue.resolve import resolve
from iomt.language.graph import Autoscale, Resources, Site
from iomt.language.parse import parse
from iomt.language.reader import read_document
from iomt.language.source import SourceText
from tests.graphs import LAKE, LOG, PEOPLE, WALL, graph_text

CAMERA = "{name}: {{kind: MSensor, device: usb-camera, options: {{rate: {rate}}}}}"
SIREN = "siren: {kind: MActuator, device: log}"


def camera(name: str, rate: int) -> str:
    return CAMERA.format(name=name, rate=rate)


def reckon(nodes, links, profiles=None, changed=None, sites=None):
    """The budget of a graph; ``changed`` are fields of nodes by name."""
    document, findings = read_document(SourceText("graph.yaml", graph_text(nodes, links)))
    assert document
    graph, more = parse(document)
    assert graph
    assert not [*findings, *more]
    for name, fields in (changed or {}).items():
        graph.nodes[name] = graph.nodes[name]._replace(**fields)
    graph = graph._replace(sites=sites or {})
    resolved, unresolved = resolve(graph, load_catalogue([])[0], Measured(profiles or {}))
    assert not unresolved
    return budget(resolved)


def rates(found):
    return [flow.rate for flow in found.links]


def test_a_rate_goes_from_the_camera_through_its_analyzer_to_the_alarm():
    found = reckon(
        [camera("gate", 10), PEOPLE, SIREN, LAKE],
        ["gate -> people -> siren", "gate -> lake"],
        {"gate": Profile(bytes=50_000), "people": Profile(seconds=0.05, bytes=400)},
    )
    assert rates(found) == [10, 10, 10]
    assert [flow.bytes_per_second for flow in found.links] == [500_000, 4_000, 500_000]
    (people,) = found.analyzers
    assert (people.busy, people.needed, people.utilisation) == (0.5, 1, 0.5)


def test_a_latest_link_gives_what_the_analyzer_has_time_for():
    found = reckon(
        [camera("gate", 10), PEOPLE, SIREN], ["gate -> people -> siren"], {"people": Profile(seconds=0.25)}
    )
    assert rates(found) == [10, 4]
    assert (found.analyzers[0].busy, found.analyzers[0].needed) == (2.5, 3)


@pytest.mark.parametrize(
    "fields", [{"replicas": 2}, {"autoscale": Autoscale(0, 2, "lag", 20.0)}], ids=["replicas", "autoscale"]
)
def test_replicas_share_the_work(fields):
    found = reckon(
        [camera("gate", 10), PEOPLE, SIREN],
        ["gate -> people -> siren"],
        {"people": Profile(seconds=0.25)},
        {"people": fields},
    )
    assert rates(found) == [10, 8]


def test_max_rate_thins_what_comes_and_never_raises_it():
    nodes = [camera("gate", 10), LAKE, WALL]
    links = ["{from: gate, to: lake, max_rate: 30/min}", "{from: gate, to: wall, max_rate: 25/s}"]
    assert rates(reckon(nodes, links)) == [0.5, 10]


def test_rates_of_several_cameras_add_up_in_an_analyzer_and_in_a_lake():
    found = reckon(
        [camera("gate", 10), camera("lobby", 5), LAKE, PEOPLE, LOG],
        ['"[gate, lobby] -> lake -> people -> log"'],
        {"gate": Profile(bytes=100), "lobby": Profile(bytes=400), "people": Profile(seconds=0.01, bytes=10)},
    )
    assert rates(found) == [10, 5, 15, 15]
    assert found.links[2].bytes_each == pytest.approx(200)
    assert found.lakes[0].bytes_per_day == 3000 * 86400


def test_a_sound_is_reckoned_from_its_options(tmp_path):
    hall = "hall: {kind: MSensor, device: microphone-file, options: {path: a.wav, window: 2s, hop: 500ms}}"
    found = reckon([hall, LAKE], ["hall -> lake"])
    assert (found.links[0].rate, found.links[0].bytes_each) == (2, 64_000)


def test_what_nothing_tells_stays_unknown_and_is_told_once():
    gate = "gate: {kind: MSensor, device: usb-camera}"
    found = reckon([gate, PEOPLE, SIREN], ["gate -> people -> siren"])
    assert rates(found) == [None, None]
    assert [(each.node, each.facts) for each in found.unknowns] == [
        ("gate", ("rate", "bytes")),
        ("people", ("seconds", "bytes")),
    ]
    assert found.analyzers[0].needed is None


def test_a_circle_is_unknown_and_ends():
    attic = LAKE.replace("lake:", "attic:")
    found = reckon(
        [camera("gate", 10), LAKE, attic, PEOPLE, SIREN],
        ["gate -> lake -> attic", "attic -> lake", "lake -> people -> siren"],
    )
    assert rates(found) == [10, None, None, None, None]
    assert found.latencies.path(4).nodes == ("people", "siren")


def test_the_latency_of_a_path_has_its_parts():
    found = reckon(
        [camera("gate", 10), PEOPLE, SIREN],
        ["gate -> people -> siren"],
        {"gate": Profile(seconds=0.004), "people": Profile(seconds=0.05, slowest=0.06)},
    )
    path = found.latencies.path(1)
    assert path.nodes == ("gate", "people", "siren")
    assert [(part.what, part.at) for part in path.parts] == [
        ("encode", "gate"), ("link", "people"), ("queue", "people"), ("model", "people"), ("link", "siren"),
    ]  # fmt: skip
    # M/D/1 at one half: half a service.
    assert [part.seconds for part in path.parts] == pytest.approx([0.004, 0.0004, 0.025, 0.06, 0.0008])
    assert path.seconds == pytest.approx(0.0902)


def test_the_slowest_of_several_ways_is_told():
    slow = PEOPLE.replace("people:", "slow:")
    found = reckon(
        [camera("gate", 1), PEOPLE, slow, WALL],
        ['"gate -> [people, slow] -> wall"'],
        {"people": Profile(seconds=0.01), "slow": Profile(seconds=0.3)},
    )
    seconds = {
        found.latencies.path(number).nodes[1]: found.latencies.path(number).seconds for number in (2, 3)
    }
    assert seconds["slow"] > 0.3 > seconds["people"]


def test_an_overloaded_queue_grows_without_end_where_nothing_may_be_dropped():
    nodes = [camera("gate", 10), PEOPLE, SIREN]
    profiles = {"people": Profile(seconds=0.25)}
    durable = reckon(
        nodes, ["{from: gate, to: people, delivery: durable}", "people -> siren"], profiles
    ).latencies.path(1)
    assert math.isinf(durable.seconds)
    latest = reckon(nodes, ["gate -> people -> siren"], profiles).latencies.path(1)
    # A newer frame comes every 100 ms: none waits for longer.
    assert [part.seconds for part in latest.parts if part.what == "queue"] == [0.1]


def test_a_site_sums_up_what_its_replicas_ask_for_and_what_leaves_it():
    span = reckon([camera("gate", 10), LAKE], ["gate -> lake"]).lakes[0].node.node.span
    found = reckon(
        [camera("gate", 10), PEOPLE, LAKE, WALL],
        ["gate -> people", "gate -> [lake, wall]", "people -> wall"],
        {"gate": Profile(bytes=1000, cores=0.5, memory=100), "people": Profile(seconds=0.01, bytes=10)},
        {
            "gate": {"site": "hall"},
            "people": {"site": "hall", "replicas": 2, "resources": Resources(cpu=2.0, memory=1000)},
            "lake": {"site": "cellar"},
            "wall": {"site": "cellar"},
        },
        {name: Site(name, span, cores=4.0, uplink=9_000.0) for name in ("hall", "cellar")},
    )
    hall, cellar = found.sites
    assert (hall.cores, hall.memory, hall.silent) == (4.5, 2100, ())
    # The frames go to the cellar once, for both of their readers there.
    assert (hall.uplink, cellar.uplink) == (10 * 1000 + 10 * 10, 0)
    assert [name for name, _, _ in hall.excesses] == ["cores", "uplink"]
    assert cellar.silent == ("lake", "wall")
