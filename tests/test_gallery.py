"""docs/diagnostics.md is what `iomt check` prints about the graphs of tests/broken."""

from pathlib import Path

import pytest

from iomt.language.source import read_source
from tests.gallery import FAMILIES, FOLDER, PAGE, broken_graphs, findings, page

_GRAPHS = broken_graphs()
_EACH = pytest.mark.parametrize("graph", _GRAPHS, ids=lambda graph: f"{graph.family}-{graph.name}")
_OTHER_VERB = "\n\nTold by `iomt "
_RULES = {
    path.stem
    for path in (PAGE.parent / "rules").glob("*.md")
    if path.stem not in ("README", "unreadable-file", "other-graph") and _OTHER_VERB not in path.read_text()
}
"""Those of `iomt check` of one file; a file that cannot be read cannot be shown."""


def test_the_page_is_what_is_printed_today():
    assert PAGE.read_text() == page(), "run `make diagnostics`, and read what has changed"


def test_there_are_sixty_and_every_rule_is_among_them():
    assert len(_GRAPHS) >= 60
    assert {each.rule for graph in _GRAPHS for each in findings(graph)} == _RULES


def test_every_file_is_in_a_family_of_the_page():
    shown = {graph.path for graph in _GRAPHS}
    assert {
        path for path in FOLDER.glob("**/*.yaml") if path.parent.name not in ("devices", "profiles")
    } == shown
    assert all((FOLDER / family).is_dir() for family in FAMILIES)


@_EACH
def test_each_says_in_its_first_line_what_is_wrong(graph):
    assert graph.said.endswith(".")
    assert not graph.said.startswith("#")


@_EACH
def test_every_finding_stands_in_the_file_and_says_what_to_do(graph):
    for found in findings(graph):
        lines = read_source(str(graph.path.parent / found.span.file))[0].lines
        if found.rule != "not-utf8":
            assert lines[found.span.line - 1][found.span.column - 1 :] or found.span.column > 1
        assert not Path(found.span.file).is_absolute()
        assert found.help or found.rule == "empty-file"


@_EACH
def test_no_place_has_two_findings(graph):
    places = [each.span for each in findings(graph)]
    assert len(places) == len(set(places))
