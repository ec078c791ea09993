"""docs/language.md: every example is a graph without errors, and every key of the language is told of."""

import re
from pathlib import Path

import pytest

from iomt.checks import check
from iomt.diagnostics.order import has_errors
from iomt.diagnostics.text import render
from iomt.language.keys import GRAPH, LINK, NODE, PROFILE
from iomt.language.place_keys import AUTOSCALE, RESOURCES, SITE

_TEXT = (Path(__file__).parents[1] / "docs" / "language.md").read_text("utf-8")
_BASE, *_FRAGMENTS = re.findall(r"```yaml\n(.*?)```", _TEXT, re.DOTALL)


def _checked(folder, *texts):
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"{number}.yaml")
        paths[-1].write_text(text)
    return check(*map(str, paths))


def test_the_graph_of_the_page_has_no_errors(tmp_path):
    checked = _checked(tmp_path, _BASE)
    assert not has_errors(checked.findings), render(checked.findings, checked.lines)


@pytest.mark.parametrize("text", _FRAGMENTS)
def test_every_part_has_no_errors_when_it_is_laid_on_it(tmp_path, text):
    checked = _checked(tmp_path, _BASE, text)
    assert not has_errors(checked.findings), render(checked.findings, checked.lines)
    alone = _checked(tmp_path, _BASE)
    assert checked.resolved.graph.nodes != alone.resolved.graph.nodes or (
        checked.resolved.graph.links != alone.resolved.graph.links
    )


@pytest.mark.parametrize(
    "shape", [GRAPH, NODE, LINK, PROFILE, SITE, RESOURCES, AUTOSCALE], ids=lambda shape: shape.what
)
def test_every_key_is_told_of(shape):
    for key in shape.known:
        assert re.search(rf"`(spec\.|metadata\.)?{key}`|`{key}\b", _TEXT) or f"`{key}." in _TEXT, key
