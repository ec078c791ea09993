"""Options that should be a length of time or a size, and are none."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.option_formats import DURATION, SIZE, alike_with_format, texts_of_format
from iomt.contract.quantity import BadQuantity, seconds, size
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText

_LONGEST = 100 * 365 * 86400.0


def bad_quantity(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A quantity without a unit, with an unknown one, of nothing, or longer than anybody lives."""
    for wanted, problem_of in ((DURATION, _duration_problem), (SIZE, _size_problem)):
        for nodes in alike_with_format(resolved, wanted):
            first = nodes[0]
            for path, text in texts_of_format(first.device.options, first.node.options, wanted):
                problem, cure = problem_of(text)
                if problem:
                    message = f"{path[-1]}: {problem}"
                    for node in nodes:
                        yield Finding("bad-quantity", message, node.node.option_spans[path], cure)


def _size_problem(text: str) -> tuple[str, str]:
    """What is wrong and what to do, empty where nothing is."""
    try:
        return ("", "") if size(text) else ("a size of nothing", "write how much, such as 2Gi")
    except BadQuantity as error:
        return error.found, error.cure


def _duration_problem(text: str) -> tuple[str, str]:
    """The same."""
    try:
        length = seconds(text)
    except BadQuantity as error:
        return error.found, error.cure
    if not length:
        return "a duration of nothing", "write how long, such as 500ms or 7d"
    return ("", "") if length < _LONGEST else (f"{text} is more than a hundred years", "write less")
