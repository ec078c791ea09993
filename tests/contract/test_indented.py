import json

from hypothesis import given
from hypothesis import strategies as st

from iomt.contract.indented import indented

_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)


@given(
    st.recursive(
        _LEAVES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_it_is_what_the_json_library_writes(value):
    assert indented(value, "") == json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
