"""A mistake made at a known place is told there, to the character, and nothing else is called an error."""

import pytest

from iomt.checks import check
from iomt.diagnostics.finding import Severity
from tests.mistakes import mistake


def _hold(folder, first, last, seed):
    path = folder / "graph.yaml"
    for number in range(first, last):
        made = mistake(number, seed)
        path.write_bytes(made.text.encode())
        errors = [each for each in check(str(path)).findings if each.severity is Severity.ERROR]
        found = [
            (each.rule, each.span.line, each.span.column, each.span.end_line, each.span.end_column)
            for each in errors
        ]
        place = (made.rule, made.line, made.column, made.line, made.column + made.length)
        assert found == [place], f"mistake {number} of seed {seed}:\n{made.text}"


def test_three_hundred_mistakes(tmp_path):
    _hold(tmp_path, 0, 300, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 10_000, 2_500))
def test_ten_thousand_mistakes(tmp_path, first):
    _hold(tmp_path, first, first + 2_500, seed=2)
