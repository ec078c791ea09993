"""Gives every comment its place in the layout: above an entry, beside it, or after the last one."""

from collections import deque
from collections.abc import Iterable

from iomt.language.comments import Comment, read_comments
from iomt.language.layout import Entry, Group, Word
from iomt.language.marks import Mark
from iomt.language.source import SourceText


def place_comments(root: Group, source: SourceText) -> None:
    """Note the comments and the empty lines of the source in its layout."""
    placer = _Placer(source)
    placer.place(root, len(source.text) + 1)
    placer.finish(root)


class _Placer:
    def __init__(self, source: SourceText) -> None:
        self._lines = source.lines
        self._waiting = deque(read_comments(source))

    def place(self, group: Group, limit: int) -> None:
        """Those inside a group; ``limit`` is where what follows it begins."""
        entries = group.entries
        for number, entry in enumerate(entries):
            entry.before = self._above(entry.start)
            following = group.end.index if group.is_flow else limit
            if number + 1 < len(entries):
                following = entries[number + 1].start.index
            if isinstance(entry.value, Word):
                self._beside_word(entry, entry.value, following)
            else:
                self._beside_group(entry, entry.value, following)
        if group.is_flow:
            group.tail = [each.text for each in self._until(group.end.index)]
        else:
            group.tail = self._at_the_end(group, limit)

    def finish(self, root: Group) -> None:
        """What is left stands after the end of the document."""
        root.tail += [each.text for each in self._waiting]

    def _beside_word(self, entry: Entry, word: Word, following: int) -> None:
        # Between key and value, or after the | of a text that stands as lines.
        inner = [each.text for each in self._until(word.end.index)]
        if not inner and not word.is_block:
            inner = self._on_line(word.end.line, following)
        _beside(entry, inner)

    def _beside_group(self, entry: Entry, group: Group, following: int) -> None:
        first = group.entries[0].start.index if group.entries else group.end.index
        if entry.key is not None:
            _beside(entry, self._on_line(group.start.line if group.is_flow else entry.key.end.line, first))
        self.place(group, following)
        if not group.entries:
            _beside(entry, group.tail)
            group.tail = []
        if group.is_flow:
            _beside(entry, self._on_line(group.end.line, following))

    def _until(self, index: int) -> list[Comment]:
        taken = []
        while self._waiting and self._waiting[0].start < index:
            taken.append(self._waiting.popleft())
        return taken

    def _on_line(self, line: int, limit: int) -> list[str]:
        """The comment that ends a line, where it does not belong to what follows."""
        if self._waiting and not self._waiting[0].alone:
            comment = self._waiting[0]
            if comment.line == line and comment.start < limit:
                return [self._waiting.popleft().text]
        return []

    def _above(self, start: Mark) -> list[str]:
        lines: list[str] = []
        for comment in self._until(start.index):
            lines += self._with_gap(comment)
        begins_line = not self._lines[start.line][: start.column].strip(" \t-?")
        return [*lines, ""] if begins_line and self._is_after_gap(start.line) else lines

    def _at_the_end(self, group: Group, limit: int) -> list[str]:
        lines: list[str] = []
        column = _column(group)
        while self._waiting:
            comment = self._waiting[0]
            if not comment.alone or comment.column < column or comment.start >= limit:
                break
            lines += self._with_gap(self._waiting.popleft())
        return lines

    def _with_gap(self, comment: Comment) -> list[str]:
        if comment.alone and self._is_after_gap(comment.line):
            return ["", comment.text]
        return [comment.text]

    def _is_after_gap(self, line: int) -> bool:
        return line > 0 and not self._lines[line - 1].strip()


def _beside(entry: Entry, comments: Iterable[str]) -> None:
    """The first stands beside the entry, any other above it."""
    for comment in comments:
        if entry.beside:
            entry.before.append(comment)
        else:
            entry.beside = comment


def _column(group: Group) -> int:
    """Where the entries of a block begin."""
    if group.anchor and group.entries:
        first = group.entries[0].start.column
        return first if group.is_map else max(first - 2, 0)
    return group.start.column
