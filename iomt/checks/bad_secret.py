"""References to secrets that name none."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.contract.secret import HOW, reference, references
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def bad_secret(resolved: Resolved, _: SourceText) -> Iterator[Finding]:
    """What is no name of a secret, or no key of one."""
    for nodes in resolved.alike:
        for path, value in references(nodes[0].node.options):
            if reference(value) is None:
                from iomt.language.quoted import quoted

                named = value["secret"]
                shown = quoted(named) if isinstance(named, str) else "this"
                for node in nodes:
                    spans = node.node.option_spans
                    span = spans.get((*path, "secret")) or spans[path]
                    yield Finding("bad-secret", f"{shown} names no secret", span, HOW)
