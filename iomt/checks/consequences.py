"""Findings that only another mistake has caused: told, they would send the reader to the wrong place."""

from collections.abc import Iterable

from iomt.diagnostics.finding import Finding, Span

_NO_VALUE = frozenset({"bad-placeholder", "unknown-alias", "yaml-tag"})
"""What stands there could not be read, so all else that is said of the very place follows from it."""


def without_consequences(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that stand for a mistake of their own."""
    every = list(findings)
    unread = {each.span: each for each in every if each.rule in _NO_VALUE}
    keys = [each.span for each in every if each.rule == "bad-key"]
    return [
        each
        for each in every
        if unread.get(each.span, each) is each and not any(_holds(key, each.span) for key in keys)
    ]


def _holds(outer: Span, inner: Span) -> bool:
    start, end = (inner.line, inner.column), (inner.end_line, inner.end_column)
    inside = (outer.line, outer.column) <= start and end <= (outer.end_line, outer.end_column)
    return inside and inner.file == outer.file and inner != outer
