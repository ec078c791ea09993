"""An actuator whose effect comes back to the sensors that set it off."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def feedback_loop(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Through links, or through what the actuator acts on and a sensor watches."""
    if not any(nodes[0].kind == "MActuator" for nodes in resolved.alike):
        return
    from iomt.checks.loops import loops

    yield from loops(resolved)
