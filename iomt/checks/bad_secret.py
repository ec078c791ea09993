"""References to secrets that name none."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.contract.secret import HOW, reference, references
from iomt.diagnostics.finding import Finding
from iomt.language.quoted import quoted
from iomt.language.source import SourceText


def bad_secret(resolved: Resolved, _: SourceText) -> Iterator[Finding]:
    """What is no name of a secret, or no key of one."""
    for node in resolved.nodes.values():
        for path, value in references(node.node.options):
            if reference(value) is None:
                spans = node.node.option_spans
                span = spans.get((*path, "secret")) or spans[path]
                named = value["secret"]
                shown = quoted(named) if isinstance(named, str) else "this"
                yield Finding("bad-secret", f"{shown} names no secret", span, HOW)
