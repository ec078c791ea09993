"""What is the same for all nodes of one entry is told once, with how many it is."""

import re
from collections.abc import Iterable

from iomt.diagnostics.finding import Finding
from iomt.language.graph import Graph

_NAME = r"[a-z0-9-]+"


def told_once(findings: Iterable[Finding], graph: Graph) -> list[Finding]:
    """Findings at one place that differ in nothing but nodes of the same entries become the first."""
    entries = {name: node.entry for name, node in graph.nodes.items() if node.entry != name}
    if not entries:
        return list(findings)
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        general = re.sub(_NAME, lambda found: entries.get(found[0], found[0]), each.message)
        groups.setdefault((each.rule, each.span, each.severity, general), []).append(each)
    return [_one(group) for group in groups.values()]


def _one(group: list[Finding]) -> Finding:
    first = group[0]
    more = len(group) - 1
    return first._replace(message=f"{first.message} (and {more} more like it)") if more else first
