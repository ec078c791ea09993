"""Options that should be a length of time or a size, and are none."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.option_formats import DURATION, SIZE, texts_of_format
from iomt.contract.quantity import BadQuantity, seconds, size
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText

_LONGEST = 100 * 365 * 86400.0


def bad_quantity(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A quantity without a unit, with an unknown one, of nothing, or longer than anybody lives."""
    for node in resolved.nodes.values():
        for path, text in texts_of_format(node.device.options, node.node.options, DURATION):
            problem = _problem(text)
            if problem:
                help_text = "write a number and us, ms, s, m, h, d or w, such as 500ms or 7d"
                yield Finding(
                    "bad-quantity", f"{path[-1]}: {problem}", node.node.option_spans[path], help_text
                )
        for path, text in texts_of_format(node.device.options, node.node.options, SIZE):
            if not _is_size(text):
                message = f"{path[-1]}: {text!r} is no size"
                help_text = "write a number and k, M, G, T, Ki, Mi, Gi or Ti, such as 2Gi"
                yield Finding("bad-quantity", message, node.node.option_spans[path], help_text)


def _is_size(text: str) -> bool:
    try:
        return size(text) > 0
    except BadQuantity:
        return False


def _problem(text: str) -> str:
    try:
        length = seconds(text)
    except BadQuantity:
        return f"{text!r} is no duration"
    if not length:
        return "a duration of nothing"
    return "" if length < _LONGEST else f"{text} is more than a hundred years"
