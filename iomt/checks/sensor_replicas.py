"""A sensor that would run several times."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.replicated import replicated
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def sensor_replicas(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Each frame would come twice, under one number."""
    for node, span in replicated(resolved):
        if node.kind == "MSensor":
            message = f"{node.name} is a sensor: run twice, it would give each item twice"
            help_text = "remove it; for several cameras write several nodes, or `each`"
            yield Finding("sensor-replicas", message, span, help_text)
