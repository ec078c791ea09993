"""Findings that only another mistake has caused: told, they would send the reader to the wrong place."""

import re
from collections.abc import Iterable

from iomt.diagnostics.finding import Finding, Span
from iomt.language.source import SourceText
from iomt.language.suggest import nearest

_NO_VALUE = frozenset({"unknown-alias", "yaml-tag"})
"""What stands there could not be read, so all else that is said of the very place follows from it."""
_UNLINKED = frozenset({"unused-node"})
"""That links are missing: not said of a node that a broken link is likely to mean."""
_BROKEN_LINK = frozenset({"bad-arrow", "unknown-node"})
_WORD = re.compile(r"[\w-]+")


def without_consequences(findings: Iterable[Finding], source: SourceText) -> list[Finding]:
    """The findings that stand for a mistake of their own."""
    every = list(findings)
    unread = {each.span: each for each in every if each.rule in _NO_VALUE}
    keys = [each.span for each in every if each.rule == "bad-key"]
    meant = _meant(every, source)
    return [
        each
        for each in every
        if unread.get(each.span, each) is each
        and not any(_holds(key, each.span) for key in keys)
        and not (each.rule in _UNLINKED and _text(each.span, source) in meant)
    ]


def _meant(findings: list[Finding], source: SourceText) -> set[str]:
    """The unlinked nodes whose names stand in a broken link, as they are or nearly."""
    names = {_text(each.span, source) for each in findings if each.rule in _UNLINKED}
    broken = [each.span for each in findings if each.rule in _BROKEN_LINK] if names else []
    meant = set()
    for span in broken:
        words = set(_WORD.findall(source.lines[span.line - 1]))
        meant |= names & words
        near = nearest(_text(span, source), names)
        meant |= {near} if near else set()
    return meant


def _holds(outer: Span, inner: Span) -> bool:
    start, end = (inner.line, inner.column), (inner.end_line, inner.end_column)
    inside = (outer.line, outer.column) <= start and end <= (outer.end_line, outer.end_column)
    return inside and inner.file == outer.file and inner != outer


def _text(span: Span, source: SourceText) -> str:
    lines = source.lines
    if span.file != source.path or span.line > len(lines):
        return ""
    line = lines[span.line - 1]
    return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else len(line)]
