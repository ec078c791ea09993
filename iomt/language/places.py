"""Where a stretch of a text value stands in the file, for plain, quoted and folded texts alike."""

import re
from functools import lru_cache

from iomt.diagnostics.finding import Span
from iomt.language.document import Document, Scalar, column_of, line_of
from iomt.language.source import SourceText

_ESCAPE_LENGTHS = {"x": 4, "u": 6, "U": 10}
_PROPERTIES = r"(?:[&!]\S*\s+)+"
_QUOTES = ("'", '"')


def stands_as_it_is(scalar: Scalar) -> bool:
    """Whether the file has each character of the text as one character, all on one line."""
    # Places on different lines differ by more than a line can have characters.
    quotes = 2 if scalar.style in _QUOTES else 0
    return scalar.end - scalar.start - quotes == len(scalar.text)


def inside(document: Document, scalar: Scalar, offset: int, length: int) -> Span:
    """The span of ``length`` characters from ``offset`` of the scalar's value."""
    source = document.source_of(scalar)
    if stands_as_it_is(scalar):
        quotes = 1 if scalar.style else 0
        line, column = line_of(scalar.start) + 1, column_of(scalar.start) + 1 + quotes + offset
        return Span(source.path, line, column, line, column + length)
    return within(source, document.span(scalar), scalar.text, offset, length)


def within(source: SourceText, span: Span, value: str, offset: int, length: int) -> Span:
    """The same for a value of which only the whole span is known."""
    lines = list(source.lines[span.line - 1 : span.end_line])
    if not lines:
        return span
    lines[-1] = lines[-1][: span.end_column - 1]
    raw = "\n".join(lines)[span.column - 1 :]
    offsets = _offsets(raw, value)
    if len(offsets) <= offset:
        return span
    last = offsets[min(offset + max(length, 1), len(offsets)) - 1]
    line, column = _place(span, raw, offsets[offset])
    end_line, end_column = _place(span, raw, last)
    return Span(span.file, line, column, end_line, end_column + 1)


@lru_cache(maxsize=4)
def _offsets(raw: str, value: str) -> list[int]:
    """For each character of the value, where it begins in the text as it was written."""
    properties = re.match(_PROPERTIES, raw)
    at = properties.end() if properties else 0
    style = raw[at : at + 1]
    if style in _QUOTES:
        at += 1
    elif style in ("|", ">"):
        at = raw.find("\n") + 1
    offsets = []
    for character in value:
        at = _skip_folds(raw, at, character, style)
        if at >= len(raw):
            break
        offsets.append(at)
        if style == '"' and raw[at] == "\\":
            at += _ESCAPE_LENGTHS.get(raw[at + 1 : at + 2], 2)
        else:
            at += 2 if style == "'" and raw.startswith("''", at) else 1
    return offsets


def _skip_folds(raw: str, at: int, character: str, style: str) -> int:
    """Past blanks that are in the file and not in the value: indentation, folded lines."""
    while at < len(raw):
        if style == '"' and raw.startswith("\\\n", at):
            at += 2
        elif raw[at].isspace() and raw[at] != character and not character.isspace():
            at += 1
        else:
            break
    return at


def _place(span: Span, raw: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character of what stands in the span."""
    ends = raw.count("\n", 0, offset)
    if not ends:
        return span.line, span.column + offset
    return span.line + ends, offset - raw.rfind("\n", 0, offset)
