import json

from iomt.diagnostics import as_json
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.diagnostics.order import summary
from iomt.diagnostics.text import render

_TEXT = ["nodes:", "  gate: 1", "  gate: 2"]


def _lines(file):
    return _TEXT if file == "a.yaml" else []


def _span(line, column, end_column, file="a.yaml"):
    return Span(file, line, column, line, end_column)


_TWICE = Finding(
    "duplicate-key",
    "the key gate stands twice",
    _span(3, 3, 7),
    "remove one",
    (Related(_span(2, 3, 7), "it stands here first"),),
)
_UNUSED = Finding("unused-node", "nothing is linked", _span(2, 3, 7), severity=Severity.WARNING)


def test_a_finding_shows_its_place_the_related_one_and_what_to_do():
    assert render([_TWICE], _lines) == (
        "error[duplicate-key]: the key gate stands twice\n"
        " --> a.yaml:3:3\n"
        "  |\n"
        "3 |   gate: 2\n"
        "  |   ^^^^\n"
        " ::: a.yaml:2:3 it stands here first\n"
        "  |\n"
        "2 |   gate: 1\n"
        "  |   ----\n"
        "  |\n"
        "  = help: remove one\n"
        "\n"
    )


def test_findings_come_in_the_order_of_the_file_and_none_twice():
    text = render([_TWICE, _UNUSED, _TWICE], _lines)
    assert text.index("unused-node") < text.index("duplicate-key")
    assert text.count("error[duplicate-key]") == 1


def test_a_finding_in_a_file_that_cannot_be_shown_has_its_place_alone():
    finding = Finding(
        "unreadable-file", "there is no file b.yaml", _span(1, 1, 2, "b.yaml"), "check the path"
    )
    assert render([finding], _lines) == (
        "error[unreadable-file]: there is no file b.yaml\n --> b.yaml:1:1\n  = help: check the path\n\n"
    )


def test_carets_stand_under_the_word_after_tabs_and_wide_letters():
    for line, column in (("\tx: bad", 5), ("門: bad", 4)):
        shown = render([Finding("r", "m", _span(1, column, column + 3))], lambda _, line=line: [line])
        source, carets = shown.splitlines()[3:5]
        width = sum(2 if char == "門" else 1 for char in source[: source.index("bad")])
        assert carets.index("^^^") == width


def test_a_long_line_is_cut_around_what_is_meant():
    line = "x" * 5000 + "HERE" + "y" * 5000
    shown = render([Finding("r", "m", _span(1, 5001, 5005))], lambda _: [line])
    source, carets = shown.splitlines()[3:5]
    assert len(source) < 200
    at = carets.index("^")
    assert source[at : at + carets.count("^")] == "HERE"


def test_a_file_cannot_send_control_codes_to_the_terminal():
    shown = render([Finding("r", "\x1b[2J gone", _span(1, 1, 2), "\x1b")], lambda _: ["\x1b[31m"])
    assert "\x1b" not in shown


def test_colours_are_only_there_when_asked_for():
    assert "\033[" not in render([_TWICE], _lines)
    assert "\033[1;31merror[duplicate-key]\033[0m" in render([_TWICE], _lines, colour=True)


def test_the_summary_counts_each_severity():
    assert summary([_TWICE, _TWICE, _UNUSED]) == "2 errors, 1 warning"
    assert summary([_TWICE]) == "1 error"
    assert summary([]) == ""


def test_the_json_document_has_every_part_of_a_finding():
    document = json.loads(as_json.render([_TWICE, _UNUSED]))
    assert (document["errors"], document["warnings"]) == (1, 1)
    place = {"file": "a.yaml", "line": 3, "column": 3, "end_line": 3, "end_column": 7}
    first = {"message": "it stands here first", **place, "line": 2, "end_line": 2}
    assert document["findings"][1] == {
        "rule": "duplicate-key",
        "severity": "error",
        "message": "the key gate stands twice",
        "help": "remove one",
        **place,
        "related": [first],
    }
