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
    for node in resolved.graph.nodes.values():
        for clear in clear_credentials(node):
            option = ".".join(map(str, clear.path))
            if clear.length:
                message = f"the password in the {option} of {node.name} can be read by whoever has this file"
            else:
                message = f"the {option} of {node.name} can be read by whoever has this file"
            place = _place(node, clear, source)
            help_text = f"keep it in a secret, and name that: {clear.path[-1]}: {{secret: {node.name}}}"
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
