"""Passwords that everybody who has the graph can read."""

from collections.abc import Iterable
from typing import Any

from iomt.catalogue.resolved import Resolved
from iomt.checks.credentials import Clear, clear_credentials
from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.language.graph import Node
from iomt.language.places import within
from iomt.language.source import SourceText


def clear_credential(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A warning that never shows what it found."""
    harmless: set[int] = set()  # nodes that were written alike share their options
    for node in resolved.graph.nodes.values():
        if id(node.options) in harmless:
            continue
        clears = list(clear_credentials(node))
        if not clears:
            harmless.add(id(node.options))
        for clear in clears:
            option = ".".join(map(str, clear.path))
            if clear.length:
                message = f"the password in the {option} of {node.name} can be read by whoever has this file"
            else:
                message = f"the {option} of {node.name} can be read by whoever has this file"
            place = _place(node, clear, source)
            what = "the whole URL" if clear.length else "it"
            reference = f"{clear.path[-1]}: {{secret: {node.name}/{clear.path[-1]}}}"
            help_text = f"keep {what} in a secret, and name that here: {reference}"
            yield Finding(
                "clear-credential", message, place, help_text, severity=Severity.WARNING, secret=(place,)
            )


def _place(node: Node, clear: Clear, source: SourceText) -> Span:
    span = node.option_spans[clear.path]
    if not clear.length or span.file != source.path:
        return span
    value: Any = node.options
    for part in clear.path:
        value = value[part]
    return within(source, span, str(value), clear.offset, clear.length)
