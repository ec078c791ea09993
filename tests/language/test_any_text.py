"""Whatever stands in a file: findings, never an exception; and they stand where the mistake is."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iomt.checks import check
from iomt.diagnostics import as_github, as_json, as_sarif
from iomt.diagnostics.text import render

_GRAPHS = sorted((Path(__file__).parents[2] / "graphs").glob("*.yaml"))
_DEVICES = Path(__file__).parents[2] / "devices"
_TEXTS = [path.read_text().replace("../devices", str(_DEVICES)) for path in _GRAPHS]
_FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_YAML_BITS = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "&a ",
        "*a",
        "!!str ",
        "<<",
        "'",
        '"',
        "|",
        ">",
        "\t",
        "#",
        "# iomt:",
        " # iomt: allow missing-file, unused-node because so\n",
        "---",
        "->",
        "nodes",
        "links",
        "options",
        "kind",
        "when",
        "null",
        "1e999",
        "\x00",
        "\ud7ff",
        "\u2028",
        "é",
    ]
)


def _survives(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    checked = check(str(path))
    assert checked.findings or checked.resolved
    render(checked.findings, checked.lines, colour=True)
    as_json.render(checked.findings)
    as_sarif.render(checked.findings, lambda rule: None, "1")
    as_github.render(checked.findings)
    for finding in checked.findings:
        span = finding.span
        lines = checked.lines(span.file)
        assert not lines or 1 <= span.line <= len(lines)
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        if lines:  # else the file could not be shown at all
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1


@_FAST
@given(data=st.binary(max_size=300))
def test_random_bytes(tmp_path, data):
    _survives(tmp_path / "graph.yaml", data)


@_FAST
@given(text=st.text(max_size=300))
def test_random_text(tmp_path, text):
    _survives(tmp_path / "graph.yaml", text.encode(errors="replace"))


@_FAST
@given(
    text=st.sampled_from(_TEXTS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(_YAML_BITS, st.text(max_size=4))),
        min_size=1,
        max_size=6,
    ),
)
def test_valid_graphs_with_random_edits(tmp_path, text, edits):
    for where, removed, added in edits:
        at = int(where * len(text))
        text = text[:at] + added + text[at + removed :]
    _survives(tmp_path / "graph.yaml", text.encode(errors="replace"))


@_FAST
@given(text=st.sampled_from(_TEXTS), picked=st.integers(0, 10**6), data=st.data())
def test_a_misspelt_node_in_a_link_is_found_at_its_very_place(tmp_path, text, picked, data):
    """Every use of a node's name in the links, replaced by one that no node has."""
    path = tmp_path / "graph.yaml"
    path.write_text(text)
    graph = check(str(path)).resolved.graph
    ends = [end for link in graph.links for end in (link.source, link.target)]
    end = ends[picked % len(ends)]
    written = graph.nodes[end.node].entry or end.node
    wrong = data.draw(st.text("qxz", min_size=3, max_size=9))
    lines = text.split("\n")
    line, start = lines[end.span.line - 1], end.span.column - 1
    assert line[start:].startswith(written)
    lines[end.span.line - 1] = line[:start] + wrong + line[start + len(written) :]
    path.write_text("\n".join(lines))
    found = [each for each in check(str(path)).findings if each.rule == "unknown-node"]
    assert [(each.span.line, each.span.column) for each in found] == [(end.span.line, end.span.column)]
    assert wrong in found[0].message


@pytest.mark.parametrize("path", _GRAPHS, ids=lambda path: path.stem)
def test_the_example_graphs_have_no_errors_wherever_their_media_is(path):
    checked = check(str(path))
    assert checked.resolved
    assert {each.rule for each in checked.findings} <= {"missing-file", "unpinned-model"}
