"""Labels that the model does not know: nothing would ever be found, and nobody told."""

from collections.abc import Iterable, Iterator

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.conditions import readable_conditions
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText
from iomt.language.suggest import cure, one_of

_RULE = "unknown-label"


def unknown_label(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """In `labels` of an analyzer and in `when` of what reads its results; local models only."""
    for nodes in resolved.alike:
        if any(_in_options(nodes[0])):
            for node in nodes:
                yield from _in_options(node)
    conditions = list(readable_conditions(resolved))
    into: dict[str, list[ResolvedNode]] = {}
    for link in resolved.links if conditions else ():
        if link.source.kind == "MAnalyzer":
            into.setdefault(link.target.name, []).append(link.source)
    for written, condition in conditions:
        given = _given_by(into.get(written.node.name, ()))
        for label in sorted(condition.labels - given) if given else ():
            message = f"nothing that {written.node.name} is linked to gives the label {label}"
            otherwise = f"it gets {one_of(sorted(given), 'and')}"
            yield Finding(_RULE, message, written.place_of(source, label), cure(label, given, otherwise))


def _in_options(node: ResolvedNode) -> Iterator[Finding]:
    wanted = node.node.options.get("labels")
    if node.kind != "MAnalyzer" or not node.labels or not isinstance(wanted, list):
        return
    for number, label in enumerate(wanted):
        if isinstance(label, str) and label not in node.labels:
            message = f"the model of {node.name} does not know the label {label}"
            otherwise = f"it knows {one_of(node.labels, 'and')}"
            span = node.node.option_spans[("labels", number)]
            yield Finding(_RULE, message, span, cure(label, node.labels, otherwise))


def _given_by(analyzers: Iterable[ResolvedNode]) -> set[str]:
    """The labels that they can give, empty where one of their models is not here."""
    given: set[str] = set()
    for analyzer in analyzers:
        if not analyzer.labels:
            return set()
        given |= _texts(analyzer.node.options.get("labels")) or set(analyzer.labels)
    return given


def _texts(value: object) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()
