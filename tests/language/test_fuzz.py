"""Random inputs and the YAML test suite: findings or a graph, soon and in bounds."""

import json
from pathlib import Path

import pytest

from iomt.language.document import plain_value
from iomt.language.reader import read_document
from iomt.language.source import SourceText
from tests.fuzz import examine, run

_SUITE = json.loads((Path(__file__).parent / "yaml_test_suite.json").read_text())["documents"]
_READ_AS_YAML_1_1 = {
    "652Z": "?foo in a map in braces: a key with a mark, not a word that begins with one",
    "HM87-1": "the same in a list",
    "L24T-1": "the last line of a block of text, without its end of line",
    "Y2GN": "a colon inside the name of an anchor",
}
"""Documents that libyaml, which reads YAML 1.1, reads differently."""


def test_five_hundred_random_inputs():
    assert run(0, 500, seed=1).inputs == 500


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_ten_thousand_random_inputs(seed):
    tally = run(0, 5000, seed)
    assert tally.graphs > 100
    assert tally.formatted > 1000


def test_an_input_that_is_wrong_is_told(tmp_path, monkeypatch):
    """The examination itself can fail."""
    monkeypatch.setattr("tests.fuzz.formatted", lambda document: "a: 1\n")
    with pytest.raises(AssertionError):
        examine(b"b: 2\n", tmp_path)


def test_every_document_of_the_yaml_test_suite_gives_findings_or_a_graph(tmp_path):
    assert len(_SUITE) > 400
    for each in _SUITE.values():
        examine(each["yaml"].encode(), tmp_path)


def test_a_document_of_the_yaml_test_suite_means_what_the_suite_says():
    read, differs = 0, set()
    for name, each in _SUITE.items():
        document, findings = read_document(SourceText("graph.yaml", each["yaml"]))
        if document is None or findings or not each.get("json"):
            continue
        read += 1
        if plain_value(document.root) != json.loads(each["json"]):
            differs.add(name)
    assert read > 150
    assert differs == set(_READ_AS_YAML_1_1)
