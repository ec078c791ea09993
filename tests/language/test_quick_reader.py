"""The reader without a YAML library says the same as that with one, or nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iomt.language.document import Document, plain_value
from iomt.language.full_reader import read_fully
from iomt.language.parse import parse
from iomt.language.quick_reader import read_quickly
from iomt.language.source import SourceText

_TOP = Path(__file__).parents[2]
_GRAPHS = sorted(_TOP.glob("graphs/*.yaml"))
_DECLARATIONS = sorted(_TOP.glob("devices/*.yaml"))
_PAGES = sorted(_TOP.glob("docs/rules/*.md"))
_TEXTS = [
    *(path.read_text() for path in (*_GRAPHS, *_DECLARATIONS)),
    *(text for page in _PAGES for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)),
    "a:\n- b: 1\n  c:\n  - d\n  - [e, {f: 'g'}]\nh:\n    - i -> j # k\n",
    'a: {b: [], c: {}, d: "e f", g: -1, h: x:y, i: ~}\n# end\n\nj: k l # m\n',
    "n:\n  a: {k: v, o: {p: [1, 'x']}}\n  b:  {k: v, o: {p: [1, 'x']}}\n"
    "  c: {k: v, o: {p: [1, 'x']}} # }\nm: {k: v}\n",
    'n:\n  z: 1\n  a: {k: v, o: {u: "x", l: ["y", z]}}\n  b: {k: v, o: {u: "x", l: ["y", z]}}\n'
    '  c: {k: v, o: {u: "w", l: ["", z]}}\n  d: {k: v, o: {u: "w # }", l: ["y", z]}}\nm: {k: "v"}\n',
    "a:   # why\n  b: x\n\n  # above\n  c: http://d/e#f\n",
]
_PIECES = [
    *" \n:-#,[]{}'\"&*!|>%@`?\\~.=<\t\u00a0\u2028\ufeff\u00e9\U0001f3a5", "- ", ": ", " #", "  ", "\n  ",
    "\n- ", "---", "...", "<<: ", "!!str ", "&a ", "*a", "{a: b}", "[a, b]", "''", '""', "\r\n", "a", "key: ",
    "key:\n",
]  # fmt: skip
_EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(_PIECES)), min_size=1, max_size=4
)


def _agree(text):
    """Whether the quick reader reads it; it must then be what the full reader reads."""
    quick = read_quickly(text, 0)
    if quick is None:
        return False
    document, findings = read_fully(SourceText("graph.yaml", text), 0)
    assert not findings, findings
    assert repr(document.root) == repr(quick[0])
    return True


@pytest.mark.parametrize("path", [*_GRAPHS, *_DECLARATIONS], ids=lambda path: path.stem)
def test_examples_and_declarations_are_read_quickly_and_alike(path):
    assert _agree(path.read_text())


def test_it_is_told_which_maps_are_written_alike():
    text = "n:\n  z: 1\n  a: {k: v}\n  b: {k: v}\n  c: {k: w}\n  longer:   {k: v}\n"
    root, (same, _) = read_quickly(text, 0)
    _, a, b, _, longer = (value for _, value in root.entries[0][1].entries)
    assert same == {b.start: a.start, longer.start: a.start}
    assert [(key.text, value.text) for key, value in longer.entries] == [("k", "v")]


def test_it_is_told_which_maps_differ_in_quoted_texts_alone():
    text = (
        "n:\n  z: 1\n"
        '  a: {k: v, o: {u: "x", l: ["y"]}}\n'
        '  b: {k: v, o: {u: "", l: ["# it\'s {z}"]}}\n'
        '  c: {k: w, o: {u: "x", l: ["y"]}}\n'
        '  d: {k: v, o: {u: "", l: ["# it\'s {z}"]}}\n'
    )
    root, (same, like) = read_quickly(text, 0)
    _, a, b, _, d = (value for _, value in root.entries[0][1].entries)
    assert like == {b.start: (a.start, ["", "# it's {z}"])}
    assert same == {d.start: b.start}
    assert plain_value(d) == {"k": "v", "o": {"u": "", "l": ["# it's {z}"]}}


_ALIKE = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: alike}
spec:
  nodes:
    screen: {kind: MActuator, device: alarm}
    one: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://one/a", tags: ["x", y, {z: "1"}]}}
    two: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://two/b", tags: ["", y, {z: "one"}]}}
    again: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://two/b", tags: ["", y, {z: "one"}]}}
    three: {kind: MSensor, device: "rtsp-camera", options: {url: "rtsp://three"}}
    four: {kind: MSensor, device: "usb-camera", options: {url: "rtsp://four"}}
    lake: {kind: MStorage, device: object-lake}
  links:
    - one -> lake
    - again -> lake
"""


def test_nodes_that_differ_in_quoted_texts_are_the_nodes_that_the_full_reader_gives():
    source = SourceText("graph.yaml", _ALIKE)
    root, repeats = read_quickly(_ALIKE, 0)
    assert len(repeats.like) == 2
    quick, _ = parse(Document(root, (source,), repeats))
    full, _ = parse(read_fully(source, 0)[0])
    for name in full.nodes:
        mine, other = quick.nodes[name], full.nodes[name]
        assert mine._replace(written=None) == other._replace(written=None)
        assert (mine.span, mine.spans) == (other.span, other.spans)
        assert mine.option_spans == other.option_spans
        assert mine.option_key_spans == other.option_key_spans
    assert quick.nodes["two"].options == {"url": "rtsp://two/b", "tags": ["", "y", {"z": "one"}]}
    assert quick.nodes["four"].device == "usb-camera"


@pytest.mark.parametrize(
    "line",
    ['  b: {k: "y"}"}', '  b: {k: "y", k: "z"}', '  b: {k: "\\x"}', '  b: {"k": "y"}', '  b: {k: "y"} # "}'],
)
def test_what_only_looks_like_an_earlier_map_is_read_for_itself(line):
    text = f'n:\n  z: 1\n  a: {{k: "x"}}\n{line}\n'
    quick = read_quickly(text, 0)
    document, findings = read_fully(SourceText("graph.yaml", text), 0)
    assert (quick is None) or (not findings and repr(quick[0]) == repr(document.root))
    assert quick is None or not quick[1].like


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(_TEXTS), _EDITS)
@example("a: b\n", [(1.0, 0, "c")])
def test_edited_texts_are_read_alike_or_left_to_the_full_reader(text, edits):
    for where, length, piece in edits:
        at = round(where * len(text))
        text = text[:at] + piece + text[at + length :]
    _agree(text)


@pytest.mark.slow
@settings(max_examples=30_000, deadline=None)
@given(st.sampled_from(_TEXTS), _EDITS)
def test_thirty_thousand_edited_texts_are_read_alike(text, edits):
    for where, length, piece in edits:
        at = round(where * len(text))
        text = text[:at] + piece + text[at + length :]
    _agree(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from([*_PIECES, "a", "b", "1", "\n", "\n", "  "]), max_size=12).map("".join))
def test_short_texts_are_read_alike_or_left_to_the_full_reader(text):
    _agree(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "# only a comment\n", "a\n", "- a\n", "a:\n", "a: 1\na: 2\n", "{a: 1}\n", "a: {b: 1, b: 2}\n",
        "a: &x b\n", "a: *x\n", "a: !!str b\n", "a: |\n  b\n", "a: b\n  c\n", "a: 'b\n  c'\n",
        'a: "\\x41"\n', "a: 'it''s'\n", "a: b: c\n", "a:\n  b: 1\n c: 2\n", "a: b\n---\nc: d\n", "\ta: b\n",
        "a: {b: 1,}\n", "a: {b:}\n", "<<: {a: b}\n", "a: [b\n  ]\n", "a: b\x85\n", "a:\n  - b\n - c\n",
        "a: ]\n", "a: - b\n",
    ],
)  # fmt: skip
def test_what_is_not_simple_or_not_right_is_left_to_the_full_reader(text):
    assert read_quickly(text, 0) is None
