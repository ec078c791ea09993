"""Comments that silence a finding, with their reason."""

import subprocess
import sys

import pytest

from iomt.checks.pages import rule_names
from iomt.checks.silencers import UNUSABLE
from iomt.cli import OK, main
from iomt.language.comments import read_comments
from iomt.language.source import SourceText
from tests.graphs import GATE, LAKE, WALL, check_text, graph_text, printed, rules

_ALLOW = "# iomt: allow unused-node because it is linked by hand"
_SPARE = f"{WALL}  {_ALLOW}"


def _rules(folder, nodes, links=("gate -> lake",)):
    return rules(folder, graph_text([GATE, LAKE, *nodes], links))


def test_a_finding_is_silenced_on_its_line_alone(tmp_path):
    assert _rules(tmp_path, [WALL]) == ["unused-node"]
    assert _rules(tmp_path, [_SPARE]) == []
    assert _rules(tmp_path, [_SPARE, "other: {kind: MActuator, device: monitor}"]) == ["unused-node"]


def test_a_finding_in_a_map_over_several_lines_is_silenced_where_it_begins(tmp_path):
    node = f"wall:  {_ALLOW}\n  kind: MActuator\n  device: monitor"
    assert _rules(tmp_path, [node]) == []
    node = f"wall:\n  kind: MActuator\n  device: monitor  {_ALLOW}"
    assert sorted(_rules(tmp_path, [node])) == ["unused-node", "unused-silencer"]


def test_only_the_named_rules_are_silenced(tmp_path):
    node = "film: {kind: MSensor, device: video-file, options: {path: no.mp4}}  # iomt: allow "
    assert _rules(tmp_path, [f"{node}missing-file because it comes at night"]) == ["unused-node"]
    assert _rules(tmp_path, [f"{node}missing-file, unused-node because it comes at night"]) == []


def test_an_error_of_a_graph_that_could_run_is_silenced(tmp_path):
    people = 'alarm: {kind: MActuator, device: log, options: {when: source == "gaet"}}'
    links = ["gate -> lake", "{from: gate, to: people}", "people -> alarm"]
    model = "people: {kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}"
    assert _rules(tmp_path, [model, people], links) == ["unknown-source"]
    allowed = f"{people}  # iomt: allow unknown-source because the camera comes next week"
    assert _rules(tmp_path, [model, allowed], links) == []


def test_what_makes_a_graph_unusable_cannot_be_silenced(tmp_path):
    node = "cam: {kind: MSensor, device: usb-camera, options: {quality: 0}}  # iomt: allow bad-option because"
    text = graph_text([GATE, LAKE, f"{node} I want it"], ['"[gate, cam] -> lake"'])
    assert check_text(tmp_path, text).resolved is None
    assert printed(tmp_path, text).endswith(
        "error[cannot-silence]: bad-option cannot be silenced: the graph cannot be used with it\n"
        " --> graph.yaml:8:84\n"
        "  |\n"
        f"8 |     {node} I want it\n"
        f"  | {' ' * 83}^^^^^^^^^^\n"
        " ::: graph.yaml:8:65 this is what is wrong\n"
        "  |\n"
        f"8 |     {node} I want it\n"
        f"  | {' ' * 64}-\n"
        "  |\n"
        "  = help: mend it, and remove this comment"
    )
    links = ["gate -> lake", "gate -> lkae  # iomt: allow unknown-node because it comes later"]
    assert sorted(_rules(tmp_path, [], links)) == ["cannot-silence", "unknown-node"]
    links = ["gate -> lake", "lake -> lake  # iomt: allow self-link because I like it"]
    assert sorted(_rules(tmp_path, [], links)) == ["cannot-silence", "self-link"]


def test_the_rules_that_cannot_be_silenced_are_rules():
    assert set(rule_names()) >= UNUSABLE


@pytest.mark.parametrize("reason", ["", " because", " because  "])
def test_a_silencer_without_a_reason_silences_nothing(tmp_path, reason):
    node = f"{WALL}  # iomt: allow unused-node{reason}"
    assert sorted(_rules(tmp_path, [node])) == ["silencer-without-reason", "unused-node"]


def test_an_unknown_rule_suggests_the_nearest_one(tmp_path):
    text = graph_text([GATE, LAKE], ["gate -> lake  # iomt: allow slf-link because of it"])
    assert printed(tmp_path, text) == (
        "error[unknown-rule]: there is no rule called slf-link\n"
        " --> graph.yaml:9:35\n"
        "  |\n"
        "9 |     - gate -> lake  # iomt: allow slf-link because of it\n"
        "  |                                   ^^^^^^^^\n"
        "  |\n"
        "  = help: did you mean self-link?"
    )


def test_a_silencer_that_silences_nothing_is_a_warning(tmp_path):
    links = [f"gate -> lake  {_ALLOW}"]
    checked = check_text(tmp_path, graph_text([GATE, LAKE], links))
    assert checked.resolved
    assert [each.rule for each in checked.findings] == ["unused-silencer"]


def test_after_an_error_no_silencer_is_called_unused(tmp_path):
    assert _rules(tmp_path, [], [f"gate -> lake  {_ALLOW}", "gate -> lkae"]) == ["unknown-node"]


@pytest.mark.parametrize(
    "words", ["allow", "alow self-link because I may", "allow self-link, because so", ""]
)
def test_a_comment_for_iomt_that_cannot_be_read_is_told(tmp_path, words):
    assert _rules(tmp_path, [], [f"gate -> lake  # iomt: {words}"]) == ["bad-silencer"]


def test_text_that_looks_like_a_silencer_is_none(tmp_path):
    for written in (f'"x {_ALLOW}"', f"'x {_ALLOW}'", f"|\n      x\n      {_ALLOW}\n"):
        node = f"wall: {{kind: MActuator, device: log, options: {{message: {written}}}}}"
        if written.startswith("|"):
            node = f"wall:\n  kind: MActuator\n  device: log\n  options:\n    message: {written}"
        assert _rules(tmp_path, [node]) == ["unused-node"]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a: b # c", ["# c"]),
        ("# a\na: 1", ["# a"]),
        ("a: 'b # c' # d", ["# d"]),
        ('a: "b # \\" # c" # d', ["# d"]),
        ("a: b#c", []),
        ("a: | # h\n  x # y\n\n  # z\n# t\n", ["# h", "# t"]),
        ("a: &x |- # h\n  x # y\nb: *x # z", ["# h", "# z"]),
        ("a: &x # p\n  'q # r' # s", ["# p", "# s"]),
        ("a: !!str # p\n  q # s", ["# p", "# s"]),
        ("a: &x\n# p\nb: 1", ["# p"]),
        ("{a: 1, # b\n c: [2, # d\n 3]} # e", ["# b", "# d", "# e"]),
        ("a: x\r\n # c\r\nb: y # d\r\n", ["# c", "# d"]),
        ("é: 'ü # ö' # \U0001f600 # x\n", ["# \U0001f600 # x"]),
        ("a: 1\u2028b: 2 # c", ["# c"]),
        ("a: >\n  x\n  # y\n\n # z\nb: 1", ["# z"]),
        ("%YAML 1.1 # v\n--- # d\na: 1", ["# v", "# d"]),
    ],
)
def test_comments_are_found_and_what_only_looks_like_one_is_not(text, comments):
    found = read_comments(SourceText("a.yaml", text))
    assert [each.text for each in found] == comments
    lines = SourceText("a.yaml", text).lines
    assert all(lines[each.line][each.column :].startswith(each.text) for each in found)
    assert all(text[each.start :].startswith(each.text) for each in found)


def test_what_compile_tells_is_silenced_too(tmp_path, capsys):
    film = "film: {kind: MSensor, device: video-file, options: {path: graph.yaml}}"
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([film, LAKE], ["film -> lake"]))
    assert main(["compile", str(path)]) == OK
    assert "warning[target-file]" in capsys.readouterr().err
    allowed = f"{film}  # iomt: allow target-file because the image has it"
    path.write_text(graph_text([allowed, LAKE], ["film -> lake"]))
    assert main(["check", str(path)]) == OK
    assert main(["compile", str(path)]) == OK
    assert "target-file" not in capsys.readouterr().err


def test_a_graph_without_silencers_does_not_pay_for_them(tmp_path):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE], ["gate -> lake"]))
    script = "import sys; from iomt.checks import check; check(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert "iomt.checks" in done.stdout.split()
    assert not {"iomt.checks.silencers", "iomt.checks.pages"} & set(done.stdout.split())
