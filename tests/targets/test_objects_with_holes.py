from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomt.checks import check
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.alike import Alike, Pattern, Words, hole
from iomt.targets.yaml_text import document

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted([*(_ROOT / "graphs").glob("*.yaml"), *(_ROOT / "tests" / "graphs").glob("*.yaml")])
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    ["no", "12", "1e5", "a\nb", "a\n\nb\n", " a\nb", "it's", 'say "no"', "back\\slash", "#", "- a", "é\nü\n"]
)
_A, _B = hole("a"), hole("b")
_PATTERNS = {
    "alone": {"key": _A, "other": "as it is"},
    "inside a text": {"key": f"{_A}.of.{_B}", "quoted": f'"{_A}\\{_B}"'},
    "deep inside": {"key": {"inner": {"innermost": _A}}, "last": 1},
    "items": {"list": [_A, f"x{_B}", {"first": _A, "second": [_B]}, [_A, {"k": _B}]]},
    "first of an item of an item": {"list": [[{"first": _A, "second": _B}]]},
}


@pytest.mark.parametrize("body", _PATTERNS.values(), ids=_PATTERNS)
@given(a=_TEXTS, b=_TEXTS)
def test_a_text_that_is_filled_in_is_the_one_that_is_printed_of_the_filled_in_body(body, a, b):
    pattern, words = Pattern(body), Words({"a": a, "b": b})
    assert pattern.text(words) == document(pattern.filled(words))
    assert "\0" not in str(pattern.filled(words))


@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_every_object_of_a_node_is_printed_as_its_body_is(graph):
    resolved = check(str(graph)).resolved
    alike = [each for each in render(make(resolved), resolved).manifests if isinstance(each, Alike)]
    assert len(alike) >= 5 * len(resolved.nodes)
    for each in alike:
        text = each.text
        assert text == document(each.body)
        assert each.body["metadata"]["name"] == each.owner.name


def test_an_object_is_outlined_by_its_body_once_somebody_has_it():
    pattern = Pattern({"metadata": {"name": _A}})
    each = Alike(None, pattern, Words({"a": "one"}))
    assert each.outline == {"metadata": {"name": _A}}
    assert each.told(_A) == "one"
    each.body["metadata"]["name"] = "other"
    assert each.outline == {"metadata": {"name": "other"}}
    assert each.text == "metadata:\n  name: other\n"


def test_who_changes_a_body_changes_its_text_and_no_other_object():
    pattern = Pattern({"metadata": {"name": _A}, "shared": {"list": [1]}})
    one, other = (Alike(None, pattern, Words({"a": name})) for name in ("one", "other"))
    one.body["shared"]["list"].append(2)
    assert one.text == "metadata:\n  name: one\nshared:\n  list:\n  - 1\n  - 2\n"
    assert other.text == "metadata:\n  name: other\nshared:\n  list:\n  - 1\n"
    assert other.body == {"metadata": {"name": "other"}, "shared": {"list": [1]}}
