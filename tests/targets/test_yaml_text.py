import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iomt.targets.yaml_text import document, scalar

_TEXT = st.one_of(
    st.text(max_size=30),
    st.lists(st.text(max_size=12), min_size=2, max_size=5).map("\n".join),
    st.text("yYnNoOefFtTrusSl0123456789.:-_/ #\t\n'\"\\|>{}[]&*!%@`,?~=<", max_size=12),
)
_KEY = st.text(max_size=20)
_VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEY, inner, max_size=4)),
    max_leaves=20,
)
# What some reader of YAML 1.1 or 1.2 takes for a boolean, null, number, date or merge key.
_TREACHEROUS = [
    "on", "Off", "YES", "no", "y", "N", "true", "False", "null", "Null", "~", "", "1.10", "1e3", "0o7",
    "0777", "0x1F", "0b1", "1_000", "+1", "-1", "12:30:45", "2026-01-02", ".inf", ".NaN", "<<", "=", "-",
    "- a", "? a", ": a", "a: b", "a:", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "{a", "[a",
    " a", "a ", "---", "...", "'a'", '"a"', "\u2028", "\x85", "\ufeff", "\x00", "\x7f", "\U0001f6a8", "100m",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(value=st.dictionaries(_KEY, _VALUE, max_size=5))
def test_what_is_printed_is_read_back_as_it_was(value):
    text = document(value)
    assert yaml.safe_load(text) == value
    assert yaml.load(text, yaml.CSafeLoader) == value
    assert yaml.safe_load(document({"list": [value, [value]]})) == {"list": [value, [value]]}


@pytest.mark.parametrize("text", _TREACHEROUS)
def test_a_text_that_some_reader_would_take_for_something_else_is_quoted(text):
    assert scalar(text).startswith('"')
    assert yaml.safe_load(scalar(text)) == text


@pytest.mark.parametrize(
    "text", ["app.kubernetes.io/name", "/healthz", "v1", "nats://nats.a.svc:4222", "a-b"]
)
def test_an_ordinary_word_needs_no_quotes(text):
    assert scalar(text) == text


def test_lines_stand_as_lines():
    text = document(
        {"data": {"settings.json": '{\n  "é": "# no comment",\n\n  "b": 1\n}\n', "no end": "a\nb"}}
    )
    assert text == (
        "data:\n"
        "  settings.json: |\n"
        "    {\n"
        '      "é": "# no comment",\n'
        "\n"
        '      "b": 1\n'
        "    }\n"
        '  "no end": |-\n'
        "    a\n"
        "    b\n"
    )


def test_lists_stand_as_kubectl_prints_them():
    value = {"args": ["a", {"b": 1, "c": ["d"]}, [], {}, [["x", "w"]]], "end": None}
    assert document(value) == ("args:\n- a\n- b: 1\n  c:\n  - d\n- []\n- {}\n- - - x\n    - w\nend: null\n")


def test_a_value_without_an_exact_text_is_a_fault_of_ours():
    with pytest.raises(TypeError, match="float has no place in a manifest"):
        document({"ratio": 0.5})
