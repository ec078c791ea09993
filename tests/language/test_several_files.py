"""Several files are one graph: each is laid on those before it, and everything knows its file."""

import pytest

from iomt.checks import check
from iomt.diagnostics.text import render
from iomt.language import read
from tests.graphs import GATE, LAKE, WALL, graph_text

_BASE = graph_text(
    [
        GATE.replace("}", ", options: {quality: 70, rate: 5}}"),
        "lobby: {kind: MSensor, device: usb-camera}",
        LAKE,
    ],
    ["{from: [gate, lobby], to: lake, buffer: 1Gi}"],
)


def _files(folder, *overlays, base=_BASE):
    texts = {"base.yaml": base} | {f"over{number}.yaml": text for number, text in enumerate(overlays, 1)}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [str(folder / name) for name in texts]


def _graph(folder, *overlays):
    graph, findings, _ = read(*_files(folder, *overlays))
    assert not findings, findings
    return graph


def _told(folder, *overlays, base=_BASE):
    checked = check(*_files(folder, *overlays, base=base))
    return render(checked.findings, checked.lines).replace(f"{folder}/", "").rstrip("\n")


def test_maps_are_laid_on_each_other_key_by_key_and_values_know_their_file(tmp_path):
    graph = _graph(
        tmp_path, "spec: {nodes: {gate: {options: {quality: 90, rate: null}, site: a}}, sites: {a: {}}}"
    )
    gate = graph.nodes["gate"]
    assert (gate.options, gate.device, gate.site) == ({"quality": 90}, "usb-camera", "a")
    assert gate.span.file.endswith("base.yaml")
    assert gate.option_spans["quality",].file.endswith("over1.yaml")
    assert list(graph.sites) == ["a"]


def test_links_are_added_and_one_with_the_same_ends_is_replaced(tmp_path):
    links = "  links:\n    - gate -> wall\n    - {from: gate, to: lake, buffer: 2Gi}\n"
    over = f"spec:\n  nodes: {{{WALL}}}\n{links}"
    links = [(link.source.node, link.target.node, link.buffer) for link in _graph(tmp_path, over).links]
    assert links == [("gate", "lake", 2 * 2**30), ("lobby", "lake", 2**30), ("gate", "wall", None)]


def test_a_node_that_is_taken_away_takes_its_links_with_it(tmp_path):
    graph = _graph(tmp_path, "spec: {nodes: {lobby: null}}")
    assert [link.source.node for link in graph.links] == ["gate"]
    back = _graph(
        tmp_path, "spec: {nodes: {lobby: null}}", f"spec: {{nodes: {{{GATE.replace('gate', 'lobby')}}}}}"
    )
    assert [link.source.node for link in back.links] == ["gate", "lobby"]


def test_links_may_all_be_taken_away(tmp_path):
    assert _graph(tmp_path, "spec: {links: null}").links == ()


def test_paths_start_at_the_folder_of_the_first_file(tmp_path):
    (tmp_path / "site").mkdir()
    over = tmp_path / "site" / "over.yaml"
    over.write_text("spec: {nodes: {gate: {site: null}}}")
    graph, *_ = read(*_files(tmp_path), str(over))
    assert graph.directory == str(tmp_path)


def test_findings_name_the_file_in_which_they_stand(tmp_path):
    assert _told(tmp_path, "spec:\n  nodes:\n    gate: {options: {qualty: 90}}\n") == (
        "error[bad-option]: usb-camera has no option qualty\n"
        " --> over1.yaml:3:22\n"
        "  |\n"
        "3 |     gate: {options: {qualty: 90}}\n"
        "  |                      ^^^^^^\n"
        "  |\n"
        "  = help: did you mean quality?"
    )


def test_a_condition_of_a_later_file_is_shown_there(tmp_path):
    alarm = "alarm: {kind: MActuator, device: log, options: {when: 'count(x) >'}}"
    told = _told(tmp_path, f"spec:\n  nodes:\n    {alarm}\n")
    assert "over1.yaml:3:6" in told
    assert "count(x) >" in told


def test_another_name_is_another_graph(tmp_path):
    assert _told(tmp_path, "metadata: {name: barn}") == (
        "error[other-graph]: files that are given together are one graph, and this one is called barn\n"
        " --> over1.yaml:1:18\n"
        "  |\n"
        "1 | metadata: {name: barn}\n"
        "  |                  ^^^^\n"
        " ::: base.yaml:3:18 the first is called street\n"
        "  |\n"
        "3 | metadata: {name: street}\n"
        "  |                  ------\n"
        "  |\n"
        "  = help: write street, leave the name out, or give the files one by one"
    )


@pytest.mark.parametrize("over", ["- a", "7"])
def test_an_overlay_is_a_map(tmp_path, over):
    assert [each.rule for each in check(*_files(tmp_path, over)).findings] == ["wrong-type"]


def test_all_files_are_read_before_anything_is_told(tmp_path):
    paths = _files(tmp_path, "a: [", "b: {")
    assert {each.span.file for each in check(*paths, "none.yaml").findings} == {*paths[1:], "none.yaml"}


def test_a_silencer_works_in_its_own_file(tmp_path):
    over = f"spec:\n  nodes:\n    {WALL}  # iomt: allow unused-node because it is linked by hand\n"
    assert _told(tmp_path, over) == ""
