"""Models of the hub without a revision: another day they are another model."""

import os.path
from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def unpinned_model(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A hint only: fine for trying out."""
    for node in resolved.nodes.values():
        model = node.model_path
        if not model or node.revision or os.path.isabs(model):
            continue
        span = node.node.model_span or node.node.device_span or node.node.span
        message = f"{node.name} takes whatever {model} is on the day it is fetched"
        help_text = (
            "add `revision` with a commit of the model; "
            f"`iomt devices add NAME --model {model}` finds it, with labels and licence"
        )
        yield Finding("unpinned-model", message, span, help_text, severity=Severity.HINT)
