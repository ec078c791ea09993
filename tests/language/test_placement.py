"""Where nodes run, how often, with what: what is written is read, and what cannot be is told."""

import pytest

from iomt.language import read
from iomt.language.graph import Autoscale, Gpu, Resources
from tests.graphs import GATE, LAKE, PEOPLE, WALL, check_text, graph_text, printed, rules

_HALL = "hall: {cores: 4, memory: 8Gi, gpus: 1, uplink: 20Mbit/s, selector: {zone: hall}}"
_SITES = f"  sites:\n    {_HALL}\n    barn: {{}}\n"


def _people(*keys):
    return PEOPLE.removesuffix("}") + "".join(f", {each}" for each in keys) + "}"


def _graph(folder, text):
    path = folder / "graph.yaml"
    path.write_text(text)
    graph, findings, _ = read(str(path))
    assert not findings
    return graph


def _node(folder, *keys):
    return _graph(folder, graph_text([GATE, _people(*keys)])).nodes["people"]


def test_sites_have_what_is_written_and_know_where(tmp_path):
    text = graph_text([GATE, LAKE]).replace("spec:\n", "spec:\n" + _SITES + "  privacy: site\n")
    graph = _graph(tmp_path, text)
    hall, barn = graph.sites["hall"], graph.sites["barn"]
    assert (hall.cores, hall.memory, hall.gpus, hall.uplink) == (4.0, 8 * 2**30, 1, 2.5e6)
    assert hall.selector == {"zone": "hall"}
    assert (barn.cores, barn.memory, barn.gpus, barn.uplink, barn.selector) == (None, None, None, None, {})
    assert (hall.span.line, hall.spans["uplink"].line, hall.spans["uplink"].column) == (6, 6, 52)
    assert (graph.privacy, graph.privacy_span.line) == ("site", 8)


def test_a_node_has_what_is_written(tmp_path):
    node = _node(tmp_path, "replicas: 3", "resources: {cpu: 500m, memory: 512Mi, limits: {cpu: 2}}", "gpu: 2")
    assert (node.replicas, node.gpu, node.entry) == (3, Gpu(2), "people")
    assert node.resources == Resources(0.5, 512 * 2**20, 2.0, None)
    assert {"replicas", "resources", "gpu"} <= node.spans.keys()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{min: 1, max: 4, lag: 20}", Autoscale(1, 4, "lag", 20.0)),
        ("{min: 2, max: 2, cpu: 70%}", Autoscale(2, 2, "cpu", 0.7)),
        ("{min: 1, max: 9, age: 500ms}", Autoscale(1, 9, "age", 0.5)),
    ],
)
def test_replicas_scale_by_one_thing(tmp_path, written, meant):
    assert _node(tmp_path, f"autoscale: {written}").autoscale == meant


def test_a_graphics_processor_may_have_another_name(tmp_path):
    assert _node(tmp_path, "gpu: {count: 1, resource: amd.com/gpu}").gpu == Gpu(1, "amd.com/gpu")


def test_a_promise_of_a_link_is_in_seconds(tmp_path):
    graph = _graph(tmp_path, graph_text([GATE, LAKE], ["{from: gate, to: lake, latency: 500ms}"]))
    assert (graph.links[0].latency, graph.links[0].spans["latency"].line) == (0.5, 9)


@pytest.mark.parametrize(
    ("key", "rule"),
    [
        ("replicas: 0", "bad-quantity"),
        ("replicas: many", "wrong-type"),
        ("replicas: 1.5", "wrong-type"),
        ("autoscale: 3", "wrong-type"),
        ("autoscale: {min: 1, lag: 3}", "missing-key"),
        ("autoscale: {min: 1, max: 3}", "bad-value"),
        ("autoscale: {min: 1, max: 3, lag: 3, cpu: 70%}", "bad-value"),
        ("autoscale: {min: 4, max: 3, lag: 3}", "bad-value"),
        ("autoscale: {min: 1, max: 3, cpu: 70}", "bad-quantity"),
        ("resources: {cpu: 0}", "bad-quantity"),
        ("resources: {cpu: 500k}", "bad-quantity"),
        ("resources: {memory: 512}", "bad-quantity"),
        ("resources: {memory: 1Gi, limits: {memory: 512Mi}}", "bad-value"),
        ("gpu: 0", "bad-quantity"),
        ("gpu: one", "wrong-type"),
        ("gpu: {resource: amd.com/gpu}", "missing-key"),
        ("site: [hall]", "wrong-type"),
    ],
)
def test_what_cannot_be_is_told_once(tmp_path, key, rule):
    assert rules(tmp_path, graph_text([GATE, _people(key), WALL], ["gate -> people -> wall"])) == [rule]


def test_two_ways_to_say_how_many_are_one_too_many(tmp_path):
    node = _people("replicas: 2", "autoscale: {min: 1, max: 3, lag: 3}")
    assert "replicas and autoscale both say" in printed(
        tmp_path, graph_text([GATE, node], ["gate -> people"])
    )


def test_a_misspelt_site_is_told_with_the_nearest(tmp_path):
    nodes = [GATE.replace("}", ", site: hal}"), LAKE]
    text = graph_text(nodes, ["gate -> lake"]).replace("spec:\n", f"spec:\n{_SITES}")
    assert printed(tmp_path, text) == (
        "error[unknown-site]: there is no site called hal\n"
        " --> graph.yaml:9:53\n"
        "  |\n"
        "9 |     gate: {kind: MSensor, device: usb-camera, site: hal}\n"
        "  |                                                     ^^^\n"
        "  |\n"
        "  = help: did you mean hall?"
    )


def test_a_site_is_unknown_where_there_are_none(tmp_path):
    node = GATE.replace("}", ", site: hall}")
    (finding,) = check_text(tmp_path, graph_text([node, LAKE], ["gate -> lake"])).findings
    assert (finding.rule, finding.help) == ("unknown-site", "add sites: {hall: {}} to spec")
