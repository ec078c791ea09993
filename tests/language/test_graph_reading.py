"""What a graph's text means."""

import gc

import pytest

from iomt.language import read
from iomt.language.arrows import BadArrow, read_arrow
from iomt.language.document import Scalar, scalar_value
from tests.graphs import GATE, HEAD, LAKE, WALL, graph_text, printed, rules


def _read(folder, text):
    path = folder / "graph.yaml"
    path.write_text(text)
    graph, findings, _ = read(str(path))
    assert not findings, findings
    return graph


def _cut(text, span):
    line = text.split("\n")[span.line - 1]
    assert span.line == span.end_line
    return line[span.column - 1 : span.end_column - 1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("7d", "7d"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("-", "-"),
        ("9" * 5000, "9" * 5000),
        ("0x", "0x"),
    ],
)
def test_words_mean_what_yaml_1_2_says(text, value):
    found = scalar_value(Scalar(text, "", None, None))
    assert (found, type(found)) == (value, type(value))


def test_quoted_words_are_text():
    assert scalar_value(Scalar("12", '"', None, None)) == "12"


def test_a_chain_with_lists_is_every_link_in_it(tmp_path):
    graph = _read(tmp_path, graph_text([GATE, LAKE, WALL], ['"[gate, lake] -> wall.frames -> [a, b]"']))
    ends = [(link.source.node, link.source.port, link.target.node, link.target.port) for link in graph.links]
    assert ends == [
        ("gate", None, "wall", "frames"), ("lake", None, "wall", "frames"),
        ("wall", "frames", "a", None), ("wall", "frames", "b", None),
    ]  # fmt: skip


def test_a_link_as_a_map_keeps_its_settings_and_their_places(tmp_path):
    text = graph_text(
        [GATE, LAKE],
        ["{from: [gate, lobby], to: lake.media, delivery: durable, max_rate: 30/min, buffer: 2Gi}"],
    )
    first, second = _read(tmp_path, text).links
    assert (first.source.node, second.source.node, second.target.port) == ("gate", "lobby", "media")
    assert (first.delivery, first.max_rate, first.buffer, first.buffer_in_bytes) == (
        "durable",
        0.5,
        2**31,
        True,
    )
    assert {name: _cut(text, span) for name, span in first.spans.items()} == {
        "delivery": "durable", "max_rate": "30/min", "buffer": "2Gi",
    }  # fmt: skip


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_every_name_in_an_arrow_has_its_own_place(tmp_path, quote):
    arrow = "gate -> lake.media  ->wall" if not quote else "[ gate,lobby ] -> lake.media  ->wall"
    text = graph_text([GATE, LAKE], [f"{quote}{arrow}{quote}"])
    for link in _read(tmp_path, text).links:
        for end in (link.source, link.target):
            assert _cut(text, end.span) == end.node + (f".{end.port}" if end.port else "")


@pytest.mark.parametrize(
    "written",
    [
        ">-\n      gate ->\n      lake",
        "|\n      gate -> lake",
        '"g\\x61te -> \\\n      lake"',
        "&x 'gate -> lake'",
    ],
)
def test_names_are_found_in_folded_escaped_and_anchored_text(tmp_path, written):
    text = graph_text([GATE, LAKE], [written])
    (link,) = _read(tmp_path, text).links
    assert (link.source.node, link.target.node) == ("gate", "lake")
    assert _cut(text, link.target.span) == "lake"


@pytest.mark.parametrize(
    ("text", "what", "said"),
    [
        ("gate", "gate", "a link needs an arrow, ->"),
        ("gate => lake", "gate => lake", "a link needs an arrow, ->"),
        ("gate -> ", "->", "a node is missing after this arrow"),
        ("-> lake", "->", "a node is missing before this arrow"),
        ("a -> -> b", "->", "a node is missing after this arrow"),
        ("[a, b -> c", "[", "this [ is never closed"),
        ("a, b] -> c", "]", "this ] has no ["),
        ("[a,, b] -> c", "[a,, b]", "a name is missing in this list"),
        ("a b -> c", "a b", "`a b` is not one name"),
        ("a -> b.c.d", "b.c.d", "`b.c.d` is not the name of a node, or node.port"),
    ],
)
def test_a_bad_arrow_says_which_part_is_bad(text, what, said):
    with pytest.raises(BadArrow) as caught:
        read_arrow(text)
    error = caught.value
    assert (text[error.offset : error.offset + error.length], error.message) == (what, said)


def test_options_have_the_place_of_every_key_and_value(tmp_path):
    text = graph_text(["gate: {kind: MSensor, device: usb-camera, options: {size: 4x3, list: [a, {b: c}]}}"])
    node = _read(tmp_path, text).nodes["gate"]
    assert node.options == {"size": "4x3", "list": ["a", {"b": "c"}]}
    values = {path: _cut(text, span) for path, span in node.option_spans.items()}
    assert values[("size",)] == "4x3"
    assert values[("list", 1, "b")] == "c"
    assert _cut(text, node.option_key_spans[("list", 1, "b")]) == "b"
    assert _cut(text, node.device_span) == "usb-camera"
    assert _cut(text, node.span) == "gate"


def test_the_british_spelling_is_the_same_kind(tmp_path):
    node = "people: {kind: MAnalyser, model: hustvl/yolos-tiny}"
    assert _read(tmp_path, graph_text([node])).nodes["people"].kind == "MAnalyzer"


def test_an_alias_repeats_a_value(tmp_path):
    graph = _read(tmp_path, graph_text(["gate: &c {kind: MSensor, device: usb-camera}", "lobby: *c"]))
    assert graph.nodes["lobby"].device == "usb-camera"


def test_an_unknown_key_suggests_the_nearest_one(tmp_path):
    text = graph_text(["gate: {kind: MSensor, device: usb-camera, optoins: {}}", LAKE], ["gate -> lake"])
    assert printed(tmp_path, text) == (
        "error[unknown-key]: node gate has no key optoins\n"
        " --> graph.yaml:6:47\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: usb-camera, optoins: {}}\n"
        "  |                                               ^^^^^^^\n"
        "  |\n"
        "  = help: did you mean options?"
    )


def test_a_broken_node_does_not_make_its_links_wrong(tmp_path):
    text = graph_text(["gate: {kind: MSensr, device: usb-camera}", LAKE], ["gate -> lake"])
    assert rules(tmp_path, text) == ["unknown-kind"]


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("{from: gate, to: lake, max_rate: 5}", "bad-quantity"),
        ("{from: gate, to: lake, max_rate: 0/s}", "bad-quantity"),
        ("{from: gate, to: lake, max_rate: [5]}", "wrong-type"),
        ("{from: gate, to: lake, buffer: 0}", "bad-quantity"),
        ("{from: gate, to: lake, buffer: 2ki}", "bad-quantity"),
        (f"{{from: gate, to: lake, buffer: {'9' * 400}G}}", "bad-quantity"),
        ("{from: gate, to: lake, delivery: 5}", "wrong-type"),
        ("{from: gate, to: {a: b}}", "wrong-type"),
        ("{from: gate}", "missing-key"),
        ("7", "wrong-type"),
        ('""', "wrong-type"),
        ("[gate, lake]", "wrong-type"),
    ],
)
def test_links_that_are_not_as_described(tmp_path, link, rule):
    assert rules(tmp_path, graph_text([GATE, LAKE, WALL], ['"[gate, lake] -> wall"', link])) == [rule]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    text = (
        "apiVersion: iomt.dev/v9\nkind: DeviceGraph\nmetadata: {name: My_Street}\nspec:\n"
        "  nodes:\n    gate: {kind: MSensor, devcie: usb-camera}\n    lake: [1]\n  links:\n    - gate lake\n"
    )
    assert rules(tmp_path, text) == [
        "unknown-version", "bad-name", "unknown-key", "wrong-type", "bad-arrow",
    ]  # fmt: skip


def test_reading_leaves_the_garbage_collector_as_it_was(tmp_path):
    _read(tmp_path, HEAD + "  nodes:\n    gate: {kind: MSensor, device: usb-camera}\n")
    assert gc.isenabled()
    gc.disable()
    try:
        _read(tmp_path, HEAD + "  nodes:\n    gate: {kind: MSensor, device: usb-camera}\n")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_nodes_that_are_written_alike_have_names_and_places_of_their_own(tmp_path):
    node = "{kind: MStorage, device: object-lake, options: {retain: 7d}}"
    text = graph_text(["zero: {kind: MSensor, device: usb-camera}", *(f"{name}: {node}" for name in "abc")])
    nodes = _read(tmp_path, text).nodes
    assert [(name, node.name, node.entry) for name, node in nodes.items()] == [
        ("zero", "zero", "zero"), ("a", "a", "a"), ("b", "b", "b"), ("c", "c", "c"),
    ]  # fmt: skip
    lines = [nodes[name].option_spans["retain",].line for name in "abc"]
    assert lines == [nodes["a"].span.line, nodes["a"].span.line + 1, nodes["a"].span.line + 2]
    assert all(_cut(text, nodes[name].option_spans["retain",]) == "7d" for name in "abc")
    assert all(_cut(text, nodes[name].span) == name for name in "abc")


def test_a_mistake_is_told_of_every_node_that_is_written_alike(tmp_path):
    node = "{kind: MStorage, device: object-lake, options: {retain: 7 days}, colour: red}"
    path = tmp_path / "graph.yaml"
    path.write_text(
        graph_text(["zero: {kind: MSensor, device: usb-camera}", *(f"{name}: {node}" for name in "abc")])
    )
    _, findings, _ = read(str(path))
    unknown = [each for each in findings if each.rule == "unknown-key"]
    assert [each.message for each in unknown] == [f"node {name} has no key colour" for name in "abc"]
    assert len({each.span.line for each in unknown}) == 3
