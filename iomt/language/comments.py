"""The comments of a YAML file, which the parser passes over in silence.

A ``#`` begins a comment wherever it stands outside every scalar. Where the scalars are, the parser
says; so text in quotes and in block scalars is never taken for a comment.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from yaml._yaml import CParser
from yaml.events import DocumentStartEvent, ScalarEvent, StreamEndEvent

from iomt.diagnostics.finding import Span
from iomt.language.source import LINE_BREAK, SourceText

_BLOCK_STYLES = ("|", ">")
_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*")


class Comment(NamedTuple):
    """One comment: ``text`` from its ``#`` on, ``start`` in the file, ``line`` and ``column`` counted from 0.

    ``alone`` is whether nothing stands before it on its line.
    """

    text: str
    start: int
    line: int
    column: int
    alone: bool

    def span(self, file: str, offset: int = 0, length: int | None = None) -> Span:
        """Where a part of it stands; the whole without an offset."""
        column = self.column + 1 + offset
        end = column + (len(self.text) - offset if length is None else length)
        return Span(file, self.line + 1, column, self.line + 1, end)


def read_comments(source: SourceText) -> list[Comment]:
    """All comments in their order. The source is one that `read_document` could read."""
    text = source.text
    starts = [0, *(found.end() for found in re.finditer(LINE_BREAK, text))]
    comments, at = [], 0
    for start, end in [*_scalars(text), (len(text), len(text))]:
        for index in _in_gap(text, at, start):
            line = bisect_right(starts, index) - 1
            alone = not text[starts[line] : index].strip()
            words = text[index : _line_end(text, index)].rstrip()
            comments.append(Comment(words, index, line, index - starts[line], alone))
        at = end
    return comments


def _in_gap(text: str, at: int, end: int) -> Iterator[int]:
    """Where comments begin between two scalars."""
    while (at := text.find("#", at, end)) >= 0:
        yield at
        at = _line_end(text, at)


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """From where to where no ``#`` begins a comment: the scalars without their anchors and tags."""
    next_event: Any = CParser(text).get_event
    documents = 0
    while (kind := type(event := next_event())) is not StreamEndEvent:
        if kind is ScalarEvent:
            start: int = event.start_mark.index
            if event.anchor is not None or event.tag is not None:
                start = _after_properties(text, start)
            if event.style in _BLOCK_STYLES:  # a comment may follow the | or >
                start = _line_end(text, start)
            yield start, max(start, event.end_mark.index)
        elif kind is DocumentStartEvent:
            documents += 1
            if documents == 2:  # `read_document` ends here, and what follows may be no YAML
                yield event.start_mark.index, len(text)
                return


def _after_properties(text: str, at: int) -> int:
    """Past ``&name`` and ``!tag``, and comments after them, to the scalar itself."""
    while at < len(text):
        if text[at] == "#":
            at = _line_end(text, at)
        elif text[at].isspace():
            at += 1
        elif found := _PROPERTY.match(text, at):
            at = found.end()
        else:
            break
    return at


def _line_end(text: str, at: int) -> int:
    found = re.compile(LINE_BREAK).search(text, at)
    return found.start() if found else len(text)
