"""Models of a task that this version knows and has no program for: told here, not when it starts."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.catalogue.tasks import runnable
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText
from iomt.language.suggest import one_of


def task_not_yet(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """An error: the node could not do its work."""
    for node in resolved.nodes.values():
        if node.kind == "MAnalyzer" and not node.device.runtime:
            message = f"{node.name} does {node.task}, which this version of iomt cannot run yet"
            span = node.node.model_span or node.node.device_span or node.node.span
            help_text = (
                f"it runs {one_of(runnable(), 'and')}; "
                "or declare a device with a `runtime` of your own in the folder devices"
            )
            yield Finding("task-not-yet", message, span, help_text)
