"""A `when` that asks for a sensor which does not exist."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.conditions import readable_conditions
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText
from iomt.language.suggest import cure, one_of


def unknown_source(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """`source == "gate"` names a sensor: where a result's picture comes from."""
    graph = resolved.graph
    sensors = [name for name, node in graph.nodes.items() if node.kind == "MSensor"]
    for written, condition in readable_conditions(resolved):
        for name in sorted(condition.sources - {*sensors, *graph.broken}):
            message = f"there is no sensor called {name}"
            otherwise = f"the sensors are {one_of(sensors, 'and')}" if sensors else "the graph has no sensors"
            span = written.place_of(source, name)
            yield Finding("unknown-source", message, span, cure(name, sensors, otherwise))
