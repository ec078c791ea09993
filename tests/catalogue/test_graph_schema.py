"""The schema says yes to what `iomt check` accepts, and no to what a schema can see."""

import re
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from iomt.catalogue.graph_schema import graph_schema
from iomt.catalogue.load import load_catalogue
from iomt.diagnostics.finding import Severity
from iomt.language.document import plain_value
from iomt.language.key_schema import key_schema
from iomt.language.keys import GRAPH, LINK, NODE
from iomt.language.reader import read_document
from iomt.language.shape import Key, Type
from iomt.language.source import SourceText
from tests.gallery import broken_graphs, findings
from tests.graphs import GATE, LAKE, graph_text

_ROOT = Path(__file__).parents[2]
_SCHEMA = graph_schema(load_catalogue([])[0])
_VALIDATOR = Draft202012Validator(_SCHEMA)
_PAGES = sorted((_ROOT / "docs" / "rules").glob("*.md"))
_CANNOT_SAY = {
    "alarm-replicas": "options of a device",
    "bad-condition": "a language of its own",
    "bad-declaration": "another file",
    "bad-each": "names that are made of items",
    "bad-placeholder": "a language of its own",
    "bad-silencer": "comments",
    "bad-transport": "two nodes",
    "buffer-unit": "the default of a port",
    "byte-order-mark": "bytes",
    "cannot-silence": "comments",
    "clear-credential": "what a text means",
    "cycle": "several links",
    "equal-links": "two links",
    "feedback-loop": "several links",
    "gpu-missing": "names of the graph",
    "latest-into-lake": "two nodes",
    "lake-overflow": "sums",
    "large-message": "products",
    "latency-promise": "sums",
    "long-name": "two names together",
    "media-mismatch": "two nodes",
    "missing-file": "the file system",
    "missing-model": "the file system",
    "model-licence": "the file system",
    "no-port": "two nodes",
    "not-a-model": "the file system",
    "not-utf8": "bytes",
    "other-graph": "two files",
    "port-clash": "two nodes",
    "privacy": "names of the graph",
    "self-link": "two ends of an arrow",
    "sensor-replicas": "a kind and a number",
    "silencer-without-reason": "comments",
    "site-overload": "sums",
    "slow-analyzer": "products",
    "task-not-yet": "the file system",
    "unknown-alarm-rate": "sums",
    "unknown-label": "the file system",
    "unknown-node": "names of the graph",
    "unknown-port": "two nodes",
    "unknown-rule": "comments",
    "unknown-site": "names of the graph",
    "unknown-source": "names of the graph",
    "unpinned-model": "whether an id is a folder",
    "unreached-node": "names of the graph",
    "unread-analyzer": "names of the graph",
    "unreadable-file": "the file system",
    "unsupported-task": "the file system",
    "unused-node": "names of the graph",
    "unused-silencer": "comments",
    "unwritten-storage": "names of the graph",
    "unused-template": "names of the graph",
}
"""What a rule looks at that a JSON Schema cannot see."""


def _value(text):
    """As `iomt check` reads it; None where the YAML itself is broken."""
    document, findings = read_document(SourceText("graph.yaml", text))
    return plain_value(document.root) if document and not findings else None


def _examples(section):
    for page in _PAGES:
        found = re.search(rf"\n## {section}\n.*?```yaml\n(.*?)```", page.read_text(), re.DOTALL)
        value = _value(found[1]) if found else None
        if value is not None:
            yield pytest.param(value, page.stem, id=page.stem)


def test_it_is_a_schema_of_draft_2020_12():
    Draft202012Validator.check_schema(_SCHEMA)


@pytest.mark.parametrize("path", sorted((_ROOT / "graphs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_graph_is_valid(path):
    _VALIDATOR.validate(_value(path.read_text()))


@pytest.mark.parametrize(("value", "rule"), list(_examples("Good")))
def test_every_good_example_of_a_rule_is_valid(value, rule):
    if rule != "bad-declaration":  # a device of its own
        _VALIDATOR.validate(value)


@pytest.mark.parametrize(("value", "rule"), list(_examples("Bad")))
def test_every_bad_example_is_refused_where_a_schema_can_see_it(value, rule):
    assert _VALIDATOR.is_valid(value) is (rule in _CANNOT_SAY)


def _gallery():
    for graph in broken_graphs():
        value = _value(graph.text)
        # Neither devices of its own are known to it, nor what `each` makes.
        if value is not None and graph.family not in ("declarations", "each"):
            errors = {each.rule for each in findings(graph) if each.severity is Severity.ERROR}
            yield pytest.param(value, errors, id=f"{graph.family}-{graph.name}")


@pytest.mark.parametrize(("value", "errors"), list(_gallery()))
def test_every_broken_graph_is_refused_where_a_schema_can_see_it(value, errors):
    assert _VALIDATOR.is_valid(value) is (errors <= set(_CANNOT_SAY))


@pytest.mark.parametrize(
    ("node", "valid"),
    [
        ("x: {kind: MSensor, device: usb-camera, options: {quality: 70}}", True),
        ("x: {kind: MSensor, device: usb-camera, options: {quality: 700}}", False),
        ("x: {kind: MSensor, device: rtsp-camera}", False),
        ("x: {kind: MSensor, device: usb-camra}", False),
        ("x: {kind: MSensor, device: monitor}", False),
        ("x: {kind: MSensor, model: a/b}", False),
        ("x: {kind: MAnalyser, model: a/b, options: {top: 3}}", True),
        ("x: {kind: MAnalyzer, model: a/b, task: object-detection, options: {top: 3}}", False),
        ("x: {kind: MAnalyzer, model: a/b, task: painting}", False),
        ("x: {kind: MAnalyzer, model: a/b, device: object-detection}", False),
        ("x: {kind: MAnalyzer, device: object-detection}", False),
        ("x: {kind: MStorage, device: object-lake, options: {retain: 7d}}", True),
        ("x: {kind: MStorage, device: object-lake, options: {retain: 7 days}}", False),
        ("X: {kind: MStorage, device: object-lake}", False),
        ("x: {kind: MStorage, device: object-lake, optoins: {}}", False),
        ("x: {kind: MStorage, device: object-lake, each: [1]}", True),
    ],
)
def test_a_node_and_the_options_of_its_device(node, valid):
    assert _VALIDATOR.is_valid(_value(graph_text([node]))) is valid


@pytest.mark.parametrize(
    ("link", "valid"),
    [
        ("gate -> lake", True),
        ('"[gate, gate.frames] -> lake.media -> [ gate ,lake]"', True),
        ("gate => lake", False),
        ("gate ->", False),
        ('"[gate -> lake"', False),
        ("{from: gate, to: lake, max_rate: 5/s, buffer: 2Gi}", True),
        ("{from: [gate, lake], to: '[gate, lake]', max_rate: 0.5 / min, buffer: 4}", True),
        ("{from: gate, to: lake, max_rate: 5}", False),
        ("{from: gate, to: lake, buffer: 2 lots}", False),
        ("{from: gate, to: lake, buffer: 0}", False),
        ("{from: gate, to: lake, delivery: fast}", False),
        ("{from: gate}", False),
        ("7", False),
    ],
)
def test_a_link(link, valid):
    assert _VALIDATOR.is_valid(_value(graph_text([GATE, LAKE], [link]))) is valid


def test_every_key_has_its_description_and_its_examples_are_valid():
    for shape in (GRAPH, NODE, LINK):
        for key in shape.keys:
            schema = key_schema(key)
            assert schema["description"] == key.doc
            for example in schema.get("examples", ()):
                inner = schema["items"] if key.type == "list" else schema
                assert Draft202012Validator(inner).is_valid(example), key.name


@pytest.mark.parametrize("each", get_args(Type))
def test_every_type_of_key_has_a_schema(each):
    Draft202012Validator.check_schema(key_schema(Key("x", each, "X.", shape=NODE, choices=("a",))))


def test_a_device_of_the_users_own_is_known_with_its_references(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: MSensor\nmetadata: {name: mine}\nspec:\n  summary: Mine.\n"
        "  runtime: mine:Mine\n  options: {type: object, properties: {a: {$ref: '#/$defs/n'}},"
        " $defs: {n: {type: integer}}}\n"
    )
    catalogue, findings = load_catalogue([tmp_path])
    assert not findings
    validator = Draft202012Validator(graph_schema(catalogue))
    assert validator.is_valid(_value(graph_text(["x: {kind: MSensor, device: mine, options: {a: 1}}"])))
    assert not validator.is_valid(_value(graph_text(["x: {kind: MSensor, device: mine, options: {a: b}}"])))
