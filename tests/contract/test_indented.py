import json
from typing import NamedTuple

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


class _One(NamedTuple):
    only: str


class _Two(NamedTuple):
    second: list[_One]
    first: float


def test_a_named_tuple_is_an_object_by_its_fields():
    value = _Two([_One("a"), _One('"')], 1.5)
    plain = {"second": [{"only": "a"}, {"only": '"'}], "first": 1.5}
    assert indented(value) == json.dumps(plain, indent=2, sort_keys=True)
    assert indented(value, order=list) == json.dumps(plain, indent=2)
