"""The normal form: it means the same, keeps every comment, and is its own normal form."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iomt.language.comments import read_comments
from iomt.language.document import Mapping, plain_value
from iomt.language.formatted import CannotFormat, formatted
from iomt.language.parse import parse
from iomt.language.reader import read_document
from iomt.language.source import SourceText

_GRAPHS = sorted((Path(__file__).parents[2] / "graphs").glob("*.yaml"))
_TEXTS = [path.read_text() for path in _GRAPHS]
_STYLED = """\
%YAML 1.1
--- # the start
# header

metadata: {name: street} # called so
kind:   'DeviceGraph'
apiVersion: iomt.dev/v1   # version


spec:
  # nodes are things
  nodes: # here
    # the gate
    gate: &cam {
      device: usb-camera, # which
      kind: MSensor,
      # no options
    } # after it
    lobby: *cam
    alarm:
      kind: MActuator
      device: command
      options:
        run: # a program
        - sh
        - "-c"
        -   # the script
            |
            echo "# no comment"

            exit 0
        when: >-
          count(person)
          > 2
    # at the end of the nodes

  links:

  # the first
  - "gate -> alarm"  # iomt: allow self-link because so
  -
    # a map
    to: alarm
    from: [gate, # one
           lobby]
# the end
"""
_NORMAL = """\
# the start
# header

apiVersion: iomt.dev/v1  # version
kind: "DeviceGraph"
metadata: {name: street}  # called so

spec:
  # nodes are things
  nodes:  # here
    # the gate
    gate:  # after it
      kind: MSensor
      device: usb-camera  # which
      # no options
    lobby: {kind: MSensor, device: usb-camera}
    alarm:
      kind: MActuator
      device: command
      options:
        run:  # a program
          - sh
          - "-c"
          # the script
          - |
            echo "# no comment"

            exit 0
        when: "count(person) > 2"
    # at the end of the nodes

  links:
    # the first
    - "gate -> alarm"  # iomt: allow self-link because so
    # a map
    - from:
        - gate  # one
        - lobby
      to: alarm
# the end
"""
_BITS = st.sampled_from(
    ["# c", " # c", "\n", "\n\n", "\n# c\n", "  ", "\n      # c\n", "{", "}", "[", "]", ", ", ": ", "- ", "'",
     '"', "|\n", ">\n", "&a ", "*a", "!!str ", "? ", "-", "~", "x", "é", "\u2028", "\t", "\\"]
)  # fmt: skip
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(alphabet="ab #:-,?[]{}'\"\\\n\t|>&*!%@`é\u0085\u2028\x07", max_size=12)
)  # fmt: skip
_DATA = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab:# -?[", max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def _document(text):
    """The document, None where `iomt fmt` refuses the file."""
    document, findings = read_document(SourceText("graph.yaml", text))
    return document if document and not findings and isinstance(document.root, Mapping) else None


def _fmt(text):
    return formatted(_document(text))


def _comments(text):
    return Counter(each.text for each in read_comments(SourceText("graph.yaml", text)))


def _meaning(text):
    """The graph without its places, and the rules and messages of what is wrong with it."""
    graph, findings = parse(_document(text))
    nodes = {
        name: (each.kind, each.device, each.model, each.revision, each.task, each.options)
        for name, each in graph.nodes.items()
    }
    links = [
        (each.source.node, each.source.port, each.target.node, each.target.port, each.delivery,
         each.transport, each.max_rate, each.buffer, each.buffer_in_bytes)
        for each in graph.links
    ]  # fmt: skip
    said = Counter((each.rule, each.message) for each in findings)
    return graph.name, repr(nodes), links, graph.broken, said


def _holds(text):
    document = _document(text)
    assume(document is not None)
    try:
        after = formatted(document)
    except CannotFormat:
        pytest.fail(f"cannot be formatted: {text!r}")
    assert plain_value(_document(after).root) == plain_value(document.root)
    assert _comments(after) == _comments(text)
    assert _fmt(after) == after


@settings(max_examples=1000, deadline=None)
@given(
    text=st.sampled_from([*_TEXTS, _STYLED]),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), _BITS), max_size=5),
)
def test_any_file_reads_to_an_equal_graph_and_is_a_fixed_point(text, edits):
    for where, removed, added in edits:
        at = int(where * len(text))
        text = text[:at] + added + text[at + removed :]
    _holds(text)


@settings(max_examples=1000, deadline=None)
@given(
    data=st.dictionaries(st.text("ab", max_size=3), _DATA, min_size=1, max_size=5),
    flow=st.sampled_from([None, False, True]),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    width=st.integers(5, 200),
    every=st.integers(1, 5),
)
def test_any_data_in_any_style_with_comments_survives(data, flow, style, width, every):
    text = yaml.dump(
        data, default_flow_style=flow, default_style=style, width=width, allow_unicode=True, sort_keys=False
    )
    commented = [
        f"{line} # c{number}" if number % every == 0 and line.strip() else line
        for number, line in enumerate(text.split("\n"))
    ]
    for each in (text, "\n".join(commented)):
        if _document(each) is not None:
            _holds(each)


@pytest.mark.parametrize("text", [*_TEXTS, _STYLED])
def test_the_graph_and_its_findings_stay_the_same(text):
    assert _meaning(_fmt(text)) == _meaning(text)


@pytest.mark.parametrize("path", _GRAPHS, ids=lambda path: path.stem)
def test_the_example_graphs_are_in_their_normal_form(path):
    assert _fmt(path.read_text()) == path.read_text()


def test_the_normal_form_as_it_is_printed():
    text = _STYLED.replace("&cam ", "").replace("*cam", "{kind: MSensor, device: usb-camera}")
    assert _fmt(text) == _NORMAL


def test_a_map_that_does_not_fit_on_a_line_is_written_out_unless_a_comment_ends_it():
    item = "x" * 60
    long = f"a: {{b: {item}, c: {item}}}"
    assert _fmt(long) == f"a:\n  b: {item}\n  c: {item}\n"
    assert _fmt(f"{long} # c") == f"{long}  # c\n"


def test_one_line_maps_below_each_other_begin_in_one_column():
    assert _fmt("a: {x: 1}\nlong: {x: 1}\nb: 1\nc: {}\n\nother: {x: 1}\n") == (
        "a:    {x: 1}\nlong: {x: 1}\nb: 1\nc: {}\n\nother: {x: 1}\n"
    )


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("'on'", '"on"'),
        ("on", "on"),
        ("'say \"hi\"'", "'say \"hi\"'"),
        ('"\\a"', '"\\x07"'),
        ("!!str 12", '"12"'),
        ("[-, b]", '["-", b]'),
        ("[a: b]", "[{a: b}]"),
        ("", "null"),
        ("x\n  y", "x y"),
        ("|+\n  x\n", '"x\\n\\n"'),
        (">\n  x\n  y\n", '"x y\\n"'),
    ],
)
def test_values_keep_what_they_are(written, normal):
    assert _fmt(f"a: {written}\n") == f"a: {normal}\n"


def test_keys_of_a_file_with_aliases_stay_in_their_order():
    text = "kind: &k DeviceGraph\napiVersion: *k\n"
    assert _fmt(text) == text


def test_what_would_not_mean_the_same_is_refused():
    with pytest.raises(CannotFormat):  # a key of more than 1,024 characters cannot stand on one line
        _fmt(f"? {'x' * 2000}\n: y\n")
