"""The quick answer about options is never yes where the schema library says no."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from iomt.catalogue.declared import read_device
from iomt.catalogue.load import builtin_folder
from iomt.checks.quick_schema import quick_test

_SCHEMAS = [read_device(str(path))[0].options for path in sorted(Path(builtin_folder()).glob("*.yaml"))]
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70_000) | st.floats(-1, 2) | st.sampled_from(
        ["", "real-time", "fastest", "tcp", "10s", "rtsp://a", "http://a", "640x480", "x"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(schema=st.sampled_from(_SCHEMAS), data=st.data())
def test_quick_and_thorough_agree_on_every_built_in_schema(schema, data):
    names = st.sampled_from([*schema.get("properties", {}), "other"])
    options = data.draw(st.dictionaries(names, _VALUES, max_size=4))
    # 1.0 is a whole number to JSON Schema and is left to the library here.
    if quick_test(schema)(options):
        assert Draft202012Validator(schema).is_valid(options)
    elif Draft202012Validator(schema).is_valid(options):
        assert any(isinstance(value, float) for value in options.values())


@given(value=_VALUES)
def test_a_keyword_that_is_not_known_here_is_left_to_the_library(value):
    assert not quick_test({"type": "object", "oneOf": []})(value)
    assert not quick_test({"$ref": "#/other"})(value)
