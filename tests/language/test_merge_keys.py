"""`<<`: the keys of another map."""

import pytest

from iomt.language.document import plain_value
from iomt.language.reader import DEEPEST, MOST_EXPANDED, read_document
from iomt.language.source import SourceText
from tests.graphs import LAKE, check_text, graph_text, printed, rules


def _read(text):
    return read_document(SourceText("graph.yaml", text))


def _value(text):
    document, findings = _read(text)
    assert not findings, findings
    return plain_value(document.root)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &a {x: 1, y: 2}\nb: {<<: *a}", {"x": 1, "y": 2}),
        ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}", {"x": 1, "y": 3}),
        ("a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}", {"x": 1, "y": 3}),
        ("a: &a {x: 1}\nc: &c {x: 2, z: 3}\nb:\n  <<: [*a, *c]", {"x": 1, "z": 3}),
        ("a: &a [{x: 1}, {x: 2, z: 3}]\nb:\n  <<: *a", {"x": 1, "z": 3}),
        ("a: &a {<<: {x: 1}, y: 2}\nb: {<<: *a, z: 3}", {"x": 1, "y": 2, "z": 3}),
        ("a: &a {x: {p: 1}}\nb: {<<: *a, x: {q: 2}}", {"x": {"q": 2}}),
        ("b: {'<<': 1}", {"<<": 1}),
        ("b: {!!str <<: 1}", {"<<": 1}),
    ],
)
def test_own_keys_win_and_then_the_earlier_map(text, value):
    assert _value(text)["b"] == value


def test_what_is_merged_keeps_its_place_and_the_map_its_own(tmp_path):
    camera = "gate: &camera {kind: MSensor, device: usb-camera, options: {size: wide}}"
    text = graph_text([camera, "lobby:\n  <<: *camera", LAKE], ['"[gate, lobby] -> lake"'])
    found = [(each.rule, each.span.line) for each in check_text(tmp_path, text).findings]
    assert found == [("bad-option", 6)]


def test_a_map_that_ends_with_a_merge_key_ends_there():
    document, _ = _read("a: &a {x: 1}\nb:\n  y: 2\n  <<: *a\n")
    (_, _), (_, value) = document.root.entries
    assert (document.span(value).line, document.span(value).end_line) == (3, 4)


@pytest.mark.parametrize("merged", ["1", "", "[*a, 2]", "[[*a]]", "text"])
def test_anything_but_maps_is_refused_where_it_stands(merged, tmp_path):
    text = graph_text(["gate: &a {kind: MSensor, device: usb-camera}", f"lobby: {{<<: {merged}, <: 1}}"])
    assert rules(tmp_path, text).count("merge-key") == 1


def test_an_alias_that_means_nothing_is_one_finding(tmp_path):
    text = graph_text(["gate: {<<: *camera, kind: MSensor, device: usb-camera}", LAKE], ["gate -> lake"])
    assert rules(tmp_path, text) == ["unknown-alias"]


def test_two_merge_keys_in_one_map_are_told_how_to_be_one(tmp_path):
    text = graph_text(["gate: &a {kind: MSensor, device: usb-camera}", "lobby: {<<: *a, <<: *a}"])
    assert "write <<: [*a, *b]" in printed(tmp_path, text)


def test_merge_keys_of_merge_keys_do_not_mean_billions():
    wide = "{" + ", ".join(f"k{number}: 1" for number in range(50)) + "}"
    lines = [f"a0: &a0 {wide}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], own{n}: 1}}" for n in range(1, 12)]
    document, findings = _read("\n".join(lines))
    assert document is None
    assert [each.rule for each in findings] == ["too-large"]
    assert f"{MOST_EXPANDED}" in findings[0].message


def test_merge_keys_go_no_deeper_than_maps_do():
    lines = ["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: {{y: *a{n - 1}}}}}" for n in range(1, DEEPEST))]
    _, findings = _read("\n".join(lines))
    assert [each.rule for each in findings] == ["too-large"]
