"""Models that may not be used as they are about to be, or of which nobody can tell."""

from collections.abc import Iterable

from iomt.catalogue.licence import CARD, is_non_commercial
from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.language.source import SourceText

_RULE = "model-licence"


def model_licence(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A warning: whether the use is allowed is the user's to judge.

    Nothing is said where there is no card to read: of a model of the hub that is not declared, and of
    a folder without README.md, as training leaves it.
    """
    for node in resolved.nodes.values():
        licence = node.licence
        if not node.model_path or licence is None:
            continue
        if not licence:
            message = f"the model of {node.name} names no licence"
            yield Finding(_RULE, message, _span(node), _where_to_write(node), severity=Severity.WARNING)
        elif is_non_commercial(licence):
            message = f"the model of {node.name} is not for commercial use: its licence is {licence}"
            help_text = "take another model, unless you only try it out or do research"
            yield Finding(_RULE, message, _span(node), help_text, severity=Severity.WARNING)


def _span(node: ResolvedNode) -> Span:
    return node.node.model_span or node.node.device_span or node.node.span


def _where_to_write(node: ResolvedNode) -> str:
    ask = "ask its author what is allowed"
    if node.node.model:
        return f"{ask}, and write it at the head of {CARD} in its folder: license: mit, between two lines ---"
    return f"{ask}, and write it into the declaration of {node.device.name}: licence: mit"
