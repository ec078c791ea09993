"""Nodes that are written alike are looked at once; what is wrong with them is told of each."""

import pytest

from iomt.checks import check
from tests.graphs import graph_text

_FIRST = "zero: {kind: MSensor, device: usb-camera}"


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        ("{kind: MStorage, device: object-lake, options: {retain: 7 parsecs}}", "bad-quantity"),
        ("{kind: MStorage, device: object-lake, options: {retian: 7d}}", "bad-option"),
        ("{kind: MSensor, device: rtsp-camera, options: {url: {secret: A B}}}", "bad-secret"),
        ('{kind: MSensor, device: rtsp-camera, options: {url: "rtsp://me:pass@host/1"}}', "clear-credential"),
        (
            '{kind: MActuator, device: webhook, options: {url: "http://hall/ring", when: "count("}}',
            "bad-condition",
        ),
        ("{kind: MSensor, device: camera-of-nobody}", "unknown-device"),
    ],
)
def test_every_node_has_its_own_finding(tmp_path, node, rule):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([_FIRST, *(f"{name}: {node}" for name in "abc")]))
    told = [each for each in check(str(path)).findings if each.rule == rule]
    first = path.read_text().splitlines().index(f"    a: {node}") + 1
    assert [each.span.line for each in told] == [first, first + 1, first + 2]
