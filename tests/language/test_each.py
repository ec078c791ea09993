"""One entry for many nodes, and templates for what nodes share."""

import pytest

from iomt.language import read
from tests.graphs import GATE, LAKE, WALL, check_text, graph_text, printed, rules

_CAMS = 'cams: {kind: MSensor, device: rtsp-camera, each: %s, options: {url: "rtsp://h/{item}"}}'


def _graph(folder, text):
    path = folder / "graph.yaml"
    path.write_text(text)
    graph, findings, _ = read(str(path))
    assert not findings, findings
    return graph


def _nodes(folder, *nodes, head=""):
    return _graph(folder, graph_text(nodes).replace("spec:\n", f"spec:\n{head}")).nodes


def _cut(text, span):
    return text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("each", "names"),
    [
        ("[north, south]", ["cams-north", "cams-south"]),
        ("1..3", ["cams-1", "cams-2", "cams-3"]),
        ("{from: 0, to: 1}", ["cams-0", "cams-1"]),
        ("[{name: a, url: x}, b]", ["cams-a", "cams-b"]),
        ("{a: {reconnect: 5s}, b: {}, c: null}", ["cams-a", "cams-b", "cams-c"]),
        ("[1, 2]", ["cams-1", "cams-2"]),
    ],
)
def test_a_node_for_each_item(tmp_path, each, names):
    nodes = _nodes(tmp_path, _CAMS % each)
    assert list(nodes) == names
    for name, node in nodes.items():
        assert (node.name, node.entry) == (name, "cams")
        assert node.options["url"] == "rtsp://h/" + name.removeprefix("cams-")


def test_values_of_an_item_stand_where_they_are_named_and_know_their_place(tmp_path):
    text = graph_text(
        [
            "cams:",
            "  kind: MSensor",
            "  device: video-file",
            "  each: [{name: a, file: one.mp4, loop: true}, {name: b, file: two.mp4, loop: false}]",
            '  site: "{item}"',
            '  options: {path: "{item.file}", loop: "{item.loop}", rate: 5/s}',
        ]
    )
    nodes = _graph(tmp_path, text).nodes
    assert [node.options["path"] for node in nodes.values()] == ["one.mp4", "two.mp4"]
    assert [node.options["loop"] for node in nodes.values()] == [True, False]
    assert [node.site for node in nodes.values()] == ["a", "b"]
    assert [_cut(text, node.option_spans["path",]) for node in nodes.values()] == ["one.mp4", "two.mp4"]
    assert _cut(text, nodes["cams-b"].option_spans["rate",]) == "5/s"


def test_options_of_an_item_win_and_know_their_place(tmp_path):
    text = graph_text(
        ["c: {kind: MSensor, device: video-file, each: {a: {path: '{item}.mp4'}, b: {loop: null}},",
         "  options: {path: x.mp4, loop: true}}"]
    )  # fmt: skip
    nodes = _graph(tmp_path, text).nodes
    assert [node.options for node in nodes.values()] == [{"path": "a.mp4", "loop": True}, {"path": "x.mp4"}]
    assert _cut(text, nodes["c-a"].option_spans["path",]) == "'{item}.mp4'"
    assert _cut(text, nodes["c-a"].option_key_spans["path",]) == "path"


def test_a_link_names_all_of_them_or_one(tmp_path):
    graph = _graph(
        tmp_path, graph_text([_CAMS % "[a, b]", WALL, LAKE], ["cams -> lake", "cams-b.frames -> wall"])
    )
    ends = [(link.source.node, link.source.port, link.target.node) for link in graph.links]
    assert ends == [("cams-a", None, "lake"), ("cams-b", None, "lake"), ("cams-b", "frames", "wall")]


@pytest.mark.parametrize(
    ("each", "rule"),
    [
        ("[]", "bad-each"),
        ("{}", "bad-each"),
        ("[a, a]", "bad-each"),
        ("5..1", "bad-each"),
        ("gate", "wrong-type"),
        ("3", "wrong-type"),
        ("null", "wrong-type"),
        ("[[a]]", "wrong-type"),
        ("[{url: x}]", "missing-key"),
        ("{a: 3}", "wrong-type"),
        ("{from: 1, to: x}", "wrong-type"),
        ("[North]", "bad-name"),
        (f"[{'x' * 36}]", "bad-name"),
        ("1..100001", "too-large"),
    ],
)
def test_what_is_no_list_of_items_is_told_once_and_links_are_not_blamed(tmp_path, each, rule):
    text = graph_text([_CAMS % each, LAKE], ["cams -> lake", "cams-a -> lake"])
    assert rules(tmp_path, text) == [rule]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"{item.file}"', "the item a of each has no file"),
        ('"x/{item.file}"', "the item a of each has no file"),
        ('"{itm}"', "{itm} means nothing"),
        ("{item}", "{item} without quotes is a map"),
    ],
)
def test_a_placeholder_without_a_meaning_is_told_once(tmp_path, value, message):
    node = f"c: {{kind: MSensor, device: video-file, each: [a, b], options: {{path: {value}}}}}"
    found = check_text(tmp_path, graph_text([node, LAKE], ["c -> lake"])).findings
    assert [(each.rule, each.message) for each in found if each.rule != "missing-file"] == [
        ("bad-placeholder", message)
    ]


def test_a_placeholder_without_each_is_told_at_its_place(tmp_path):
    node = "c: {kind: MSensor, device: rtsp-camera, options: {url: 'rtsp://h/{item}'}}"
    assert printed(tmp_path, graph_text([node, LAKE], ["c -> lake"])) == (
        "error[bad-placeholder]: {item} stands for an item of each, and c has no each\n"
        " --> graph.yaml:6:70\n"
        "  |\n"
        "6 |     c: {kind: MSensor, device: rtsp-camera, options: {url: 'rtsp://h/{item}'}}\n"
        "  |                                                                      ^^^^^^\n"
        "  |\n"
        "  = help: add for example each: [north, south]"
    )


def test_two_nodes_of_one_name_are_told(tmp_path):
    several = GATE.replace("}", ", each: 1..2}")
    for nodes in ([GATE.replace("gate", "gate-1"), several], [several, GATE.replace("gate", "gate-1")]):
        text = graph_text([*nodes, LAKE], ["{from: [gate-1, gate], to: lake}"])
        (finding, *_) = check_text(tmp_path, text).findings
        assert (finding.rule, finding.span.line) == ("bad-each", 7)


def test_what_is_the_same_for_all_is_told_once_with_how_many(tmp_path):
    node = "cams: {kind: MSensor, device: usb-camera, each: 1..50, options: {qualty: 5}}"
    found = check_text(tmp_path, graph_text([node, LAKE], ["cams -> lake", "cams-7 -> lkae"])).findings
    assert [(each.rule, each.message) for each in found] == [
        ("bad-option", "usb-camera has no option qualty (and 49 more like it)"),
        ("unknown-node", "there is no node called lkae"),
    ]
    unused = check_text(
        tmp_path, graph_text([node.replace("qualty", "quality"), GATE, LAKE], ["gate -> lake"])
    )
    assert [each.message for each in unused.findings] == ["nothing is linked to cams-1 (and 49 more like it)"]


def test_a_mistake_in_the_entry_itself_is_told_once(tmp_path):
    node = "cams: {kind: MSensor, device: usb-camera, each: 1..50, replicas: x, optoins: {a: '{item}'}}"
    assert rules(tmp_path, graph_text([node, LAKE], ["cams -> lake"])) == ["wrong-type", "unknown-key"]


def test_templates_are_what_nodes_have_where_they_say_nothing(tmp_path):
    head = (
        "  templates:\n"
        "    MSensor: {site: hall, options: {rate: 5/s, quality: 70}, resources: {cpu: 1, memory: 1Gi}}\n"
        "    usb-camera: {options: {quality: 80}}\n"
    )
    nodes = _nodes(
        tmp_path,
        GATE,
        "b: {kind: MSensor, device: usb-camera, site: null, options: {rate: 1/s}, resources: {cpu: 2}}",
        "c: {kind: MSensor, device: x}",
        LAKE,
        head=head,
    )
    assert nodes["gate"].options == {"rate": "5/s", "quality": 80}
    assert (nodes["gate"].site, nodes["b"].site, nodes["lake"].site) == ("hall", None, None)
    assert nodes["b"].options == {"rate": "1/s", "quality": 80}
    assert (nodes["b"].resources.cpu, nodes["b"].resources.memory) == (2.0, 2**30)
    assert nodes["c"].options["quality"] == 70
    spans = nodes["gate"].option_spans
    assert (spans["rate",].line, spans["quality",].line, nodes["gate"].spans["site"].line) == (6, 7, 6)


@pytest.mark.parametrize(
    ("templates", "rule"),
    [
        ("[a]", "wrong-type"),
        ("{MSensor: 5}", "wrong-type"),
        ("{MSensor: {sit: hall}}", "unknown-key"),
        ("{MSensor: {kind: MSensor}}", "unknown-key"),
        ("{MSensr: {site: hall}}", "unused-template"),
        ("{usb-camra: {}}", "unused-template"),
        ("{MSensor: {site: hall}}", "unknown-site"),
    ],
)
def test_what_is_wrong_with_a_template_is_told_once(tmp_path, templates, rule):
    text = graph_text([GATE, GATE.replace("gate", "b"), LAKE], ["{from: [gate, b], to: lake}"])
    assert set(rules(tmp_path, text.replace("spec:\n", f"spec:\n  templates: {templates}\n"))) == {rule}


def test_a_template_of_a_kind_may_wait_for_its_first_node(tmp_path):
    text = graph_text([GATE, LAKE], ["gate -> lake"]).replace(
        "spec:\n", "spec:\n  templates: {MAnalyser: {gpu: 1}}\n"
    )
    assert rules(tmp_path, text) == []


@pytest.mark.parametrize(
    ("bound", "head", "options"),
    [
        ("each.MOST_MADE", "", "{url: 'rtsp://{item}'}"),
        ("templates.MOST_MADE", "  templates: {MSensor: {options: {a: 1, b: 2}}}\n", "{}"),
        ("placeholders._LONGEST", "", "{url: '{item}{item}{item}{item}{item}{item}'}"),
    ],
)
def test_a_few_lines_cannot_mean_billions_of_values(tmp_path, monkeypatch, bound, head, options):
    monkeypatch.setattr(f"iomt.language.{bound}", 8)
    nodes = [f"{name}: {{kind: MSensor, device: x, each: 1..2, options: {options}}}" for name in "abcd"]
    path = tmp_path / "many.yaml"
    path.write_text(graph_text(nodes).replace("spec:\n", f"spec:\n{head}"))
    _, findings, _ = read(str(path))
    assert {each.rule for each in findings} == {"too-large"}


@pytest.mark.parametrize("url", ["{item}", '"{item.url}"'])
def test_a_placeholder_without_a_meaning_has_no_other_finding(tmp_path, url):
    node = f"c: {{kind: MSensor, device: rtsp-camera, each: [a, b], options: {{url: {url}}}}}"
    assert rules(tmp_path, graph_text([node, LAKE], ["c -> lake"])) == ["bad-placeholder"]
