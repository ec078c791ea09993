"""An actuator with a condition that would run several times."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.option_formats import CONDITION, texts_of_format
from iomt.checks.replicated import replicated
from iomt.diagnostics.finding import Finding, Related
from iomt.language.source import SourceText


def alarm_replicas(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Each of them would see some of the results, and none of them all."""
    for node, span in replicated(resolved):
        found = resolved.nodes.get(node.name)
        if node.kind != "MActuator" or found is None:
            continue
        for path, _ in texts_of_format(found.device.options, node.options, CONDITION):
            message = (
                f"{node.name} has a condition: run twice, each would see only a part of the results, "
                "or all and act twice"
            )
            related = (Related(node.option_spans[path], "the condition"),)
            yield Finding("alarm-replicas", message, span, "remove it", related)
