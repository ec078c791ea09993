"""No phase of the front end looks through the whole graph for each node."""

import sys

import pytest

from iomt.checks import check
from iomt.plan.make import make
from tests.graphs import HEAD


def _text(cameras):
    nodes = [
        f"    c{n}: {{kind: MSensor, device: usb-camera}}\n"
        f"    a{n}: {{kind: MAnalyzer, model: a/b, revision: v1, task: object-detection}}\n"
        f'    l{n}: {{kind: MActuator, device: log, options: {{when: "count(car) > 1"}}}}\n'
        f"    s{n}: {{kind: MStorage, device: object-lake}}\n"
        for n in range(cameras)
    ]
    links = [f"    - c{n} -> a{n} -> l{n}\n    - {{from: c{n}, to: s{n}}}\n" for n in range(cameras)]
    return HEAD + "  nodes:\n" + "".join(nodes) + "  links:\n" + "".join(links)


def _lines(do):
    """How many lines of this package run, each turn of a loop counted."""
    counted = 0

    def trace(frame, event, _):
        nonlocal counted
        if "/iomt/" not in frame.f_code.co_filename:
            return None
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        return do(), counted
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("phase", ["check", "plan"])
def test_each_further_node_costs_as_much_as_the_one_before(tmp_path, phase):
    work = []
    for cameras in (24, 48, 96):
        path = tmp_path / f"{cameras}.yaml"
        path.write_text(_text(cameras))
        check(str(path))  # what is imported or read only once is not counted
        checked, lines = _lines(lambda path=path: check(str(path)))
        assert not checked.findings, checked.findings
        if phase == "plan":
            _, lines = _lines(lambda checked=checked: make(checked.resolved))
        work.append(lines)
    first, second = work[1] - work[0], work[2] - work[1]
    assert second <= 2.02 * first
