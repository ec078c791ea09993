"""The YAML that most graphs and declarations are written in, read without a YAML library.

Importing PyYAML takes twice as long as starting Python, and its events a good part of the time that a
large graph may take. This reader knows block maps and lists, one-line ``{}`` and ``[]``, plain words
and simple quotes. Of everything else, mistakes included, it says nothing and leaves the whole text to
`iomt.language.full_reader`; where it does read, the two give equal trees
(tests/language/test_quick_reader.py).
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence as Sequence_
from typing import Any

from iomt.language.document import COLUMN_BITS, Mapping, Place, Repeats, Scalar, Sequence, Value
from iomt.language.source import MOST_VALUES

_DEEPEST = 20
_KEY = r"([A-Za-z0-9_][A-Za-z0-9_./-]{0,99})"
_IN_WORD = r"""[^,\[\]{}:#?"'\\]"""
_AFTER_COLON = r"""[^,\[\]{}:#?"'\\ ]"""
_WORD = rf"((?:[A-Za-z0-9_./~+]|-(?=[A-Za-z0-9.])){_IN_WORD}*(?::{_AFTER_COLON}{_IN_WORD}*)*)"
_SIMPLE = rf"""(?:{_WORD}|("[^"\\]*"|'[^']*'))"""
_BLOCK_KEY = re.compile(rf"{_KEY}:(?: +|$)").match
_FLOW_ENTRY = re.compile(rf" *{_KEY}: +{_SIMPLE} *([,}}])").match
_FLOW_KEY = re.compile(rf" *{_KEY}: +(?=[\[{{])").match
_FLOW_ITEM = re.compile(rf" *{_SIMPLE} *([,\]])").match
_FLOW_OPENS = re.compile(r" *(?=[\[{])").match
_FLOW_CLOSES = re.compile(r" *([\]}])").match
_FLOW_GOES_ON = re.compile(r" *([,\]}])").match
_NOT_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@`")
_PLAIN_ITEM = re.compile(r"( *)- +([A-Za-z0-9_][A-Za-z0-9_ ./~+>,-]*(?<![ ,]))").fullmatch
_FLOW_LINE = re.compile(rf"( *){_KEY}: +({{.+}})").fullmatch
_PRINTABLE = bytes(range(ord(" "), ord("~") + 1)) + b"\n"
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


class _Beyond(Exception):
    """Something that this reader does not know."""


class _Open:
    """A block that is not yet at its end. ``key`` waits for its value; of a list it is never set."""

    __slots__ = ("entries", "indent", "items", "key", "seen", "start")

    def __init__(self, indent: int, start: Place, is_list: bool) -> None:
        self.indent, self.start = indent, start
        self.items: list[Value] | None = [] if is_list else None
        self.entries: list[tuple[Scalar, Value]] = []
        self.seen: set[str] = set()
        self.key: Scalar | None = None

    def add(self, value: Value) -> None:
        if self.items is not None:
            self.items.append(value)
        elif self.key is None:
            raise _Beyond
        else:
            self.entries.append((self.key, value))
            self.key = None


def read_quickly(text: str, first: Place) -> tuple[Mapping, Repeats] | None:
    """The root of a text that is a block map, None where the text has to be read in full.

    ``first`` is the place of its first character. `Repeats` tells which maps were written alike.
    """
    if len(text) > MOST_VALUES and sum(text.count(sign) for sign in "\n,:{[") > MOST_VALUES:
        return None  # it may have more values than one file may have: the other reader counts them
    if not _is_printable(text):
        return None
    lines = _Lines(first)
    try:
        root = lines.read(text)
    except _Beyond:
        return None
    return root and (root, lines.repeats)


def _is_printable(text: str) -> bool:
    """But for the ends of lines."""
    if text.isascii():  # several times faster
        return not text.encode().translate(None, _PRINTABLE)
    return text.replace("\n", "").isprintable()


class _Lines:
    def __init__(self, first: Place) -> None:
        self._first = first
        self._stack: list[_Open] = []
        self._flows: dict[str, Place] = {}
        self._around_quotes: dict[str, Place] = {}
        self.repeats = Repeats({}, {})

    def read(self, text: str) -> Mapping | None:
        stack, start, a_line = self._stack, self._first - (1 << COLUMN_BITS), 1 << COLUMN_BITS
        items: list[Value] | None = None  # of the list that is open
        indent = 0
        for line in text.split("\n"):
            start += a_line
            # Nearly all lines of a large graph are these two: a link in a list, a node in one line.
            if items is not None:
                if (found := _PLAIN_ITEM(line)) and found.end(1) == indent:
                    item, end = found[2], start + len(line)
                    items.append(_make(Scalar, (item, "", end - len(item), end, "")))
                    continue
            elif (found := _FLOW_LINE(line)) and self._flow_entry(found, start):
                continue
            body = line.lstrip(" ")
            if not body or body[0] == "#":
                continue
            indent = len(line) - len(body)
            is_item = body.startswith("- ")
            top = self._block(indent, start + indent, is_item)
            if is_item:
                rest = body[1:].lstrip(" ")
                at = len(line) - len(rest)
                if _BLOCK_KEY(rest):
                    top = self._push(at, start + at, is_list=False)
                    self._entry(top, line, at, start)
                else:
                    top.add(_value(line, at, start))
            else:
                self._entry(top, line, indent, start)
            items, indent = stack[-1].items, stack[-1].indent
        while len(stack) > 1:
            self._close()
        root = stack.pop() if stack else None
        return None if root is None else _mapping(root)

    def _flow_entry(self, found: re.Match[str], start: Place) -> bool:
        """Reads ``key: {...}`` in the block that is open; False where it is anything else."""
        if not self._stack:
            return False
        block = self._stack[-1]
        name, text, indent = found[2], found[3], found.end(1)
        if indent != block.indent or block.key is not None or name in block.seen:
            return False
        place = start + found.start(3)
        value = self._map(text, place)
        if value is None:
            return False
        block.seen.add(name)
        key = start + indent
        block.entries.append((_make(Scalar, (name, "", key, key + len(name), "")), value))
        return True

    def _map(self, text: str, place: Place) -> Mapping | None:
        """What a text in braces says; None where something comes after it."""
        first = self._flows.get(text)
        if first is not None:
            self.repeats.same[place] = first
            return _later(text, place)
        parts = text.split('"')
        quoted, around = parts[1::2], '"'.join(parts[::2])
        is_quoted = len(parts) > 1 and len(parts) % 2 == 1 and "'" not in around and "\\" not in text
        like = self._around_quotes.get(around) if is_quoted else None
        if like is not None:
            self._flows[text] = place
            self.repeats.like[place] = like, quoted
            return _later(text, place)
        value, end = _flow(text, 0, place, 0)
        if end != len(text):
            return None
        self._flows[text] = place
        if is_quoted:
            self._around_quotes[around] = place
        assert isinstance(value, Mapping)
        return value

    def _block(self, indent: int, start: Place, is_item: bool) -> _Open:
        """The block that a line with this indentation belongs to; closes those that end before it."""
        stack = self._stack
        if not stack:
            if indent or is_item:
                raise _Beyond
            return self._push(0, start, is_list=False)
        if indent > stack[-1].indent:
            if stack[-1].key is None:
                raise _Beyond
            return self._push(indent, start, is_item)
        while indent < stack[-1].indent:
            self._close()
        top = stack[-1]
        if top.items is not None and not is_item:  # a list in the column of its own key
            self._close()
            top = stack[-1]
        elif top.items is None and is_item and top.key is not None:
            return self._push(indent, start, is_list=True)
        if indent != top.indent or top.key is not None or (top.items is not None) is not is_item:
            raise _Beyond
        return top

    def _push(self, indent: int, start: Place, is_list: bool) -> _Open:
        if len(self._stack) == _DEEPEST:
            raise _Beyond
        block = _Open(indent, start, is_list)
        self._stack.append(block)
        return block

    def _close(self) -> None:
        block = self._stack.pop()
        if not self._stack:
            raise _Beyond
        if block.items is None:
            self._stack[-1].add(_mapping(block))
        else:
            self._stack[-1].add(_make(Sequence, (block.items, block.start, block.items[-1].end)))

    def _entry(self, block: _Open, line: str, at: int, start: Place) -> None:
        found = _BLOCK_KEY(line, at)
        if found is None or found[1] in block.seen:
            raise _Beyond
        name, end = found[1], found.end()
        block.seen.add(name)
        block.key = _make(Scalar, (name, "", start + at, start + at + len(name), ""))
        if end < len(line) and line[end] != "#":
            block.add(_value(line, end, start))


class _Later(Sequence_[tuple[Scalar, Value]]):
    """The entries of a map in braces that is surely right, since it is written like an earlier one.

    Read when looked at: of most nodes of a large graph nobody asks where their words stand.
    """

    __slots__ = ("_place", "_read", "_text")

    def __init__(self, text: str, place: Place) -> None:
        self._text, self._place = text, place
        self._read: Sequence_[tuple[Scalar, Value]] | None = None

    def _entries(self) -> Sequence_[tuple[Scalar, Value]]:
        if self._read is None:
            value, _ = _flow(self._text, 0, self._place, 0)
            assert isinstance(value, Mapping)
            self._read = value.entries
        return self._read

    def __len__(self) -> int:
        return len(self._entries())

    def __getitem__(self, at: Any) -> Any:
        return self._entries()[at]

    def __iter__(self) -> Iterator[tuple[Scalar, Value]]:
        return iter(self._entries())

    def __repr__(self) -> str:
        return repr(self._entries())

    def __eq__(self, other: object) -> bool:
        return self._entries() == other

    __hash__ = None  # type: ignore[assignment]  # as that of a list


def _later(text: str, place: Place) -> Mapping:
    made: Mapping = _make(Mapping, (_Later(text, place), place, place + len(text)))
    return made


def _mapping(block: _Open) -> Mapping:
    if block.key is not None:
        raise _Beyond
    return _make(Mapping, (block.entries, block.start, block.entries[-1][1].end))


def _value(line: str, at: int, start: Place) -> Value:
    """What stands at ``at``, to the end of its line."""
    if at >= len(line):
        raise _Beyond
    first = line[at]
    if first in "{[":
        value, end = _flow(line, at, start, 0)
    elif first in "\"'":
        end = line.find(first, at + 1) + 1
        text = line[at + 1 : end - 1]
        if not end or (first == '"' and "\\" in text):
            raise _Beyond
        value = _make(Scalar, (text, first, start + at, start + end, ""))
    else:
        return _plain(line, at, start)
    rest = line[end:]
    if rest and not (rest[0] == " " and rest.lstrip(" ")[:1] in ("", "#")):
        raise _Beyond
    return value


def _plain(line: str, at: int, start: Place) -> Scalar:
    if line[at] in _NOT_FIRST and not (line[at] == "-" and line[at + 1 : at + 2] not in ("", " ")):
        raise _Beyond
    text = line[at:]
    if " #" in text:
        text = text[: text.index(" #")]
    text = text.rstrip(" ")
    if ": " in text or text[-1] == ":":
        raise _Beyond
    return _make(Scalar, (text, "", start + at, start + at + len(text), ""))


def _flow(line: str, at: int, start: Place, depth: int) -> tuple[Value, int]:
    """A map in braces or a list in brackets that begins at ``at``, and where it ends."""
    if depth == _DEEPEST:
        raise _Beyond
    read = _flow_map if line[at] == "{" else _flow_list
    return read(line, at, start, depth + 1)


def _flow_map(line: str, opened: int, start: Place, depth: int) -> tuple[Value, int]:
    entries: list[tuple[Scalar, Value]] = []
    seen: set[str] = set()
    value: Value
    at, delimiter = opened + 1, ","
    if closed := _FLOW_CLOSES(line, at):
        at, delimiter = closed.end(), closed[1]
    while delimiter == ",":
        found = _FLOW_ENTRY(line, at)
        if found is not None:
            name, _, _, delimiter = found.groups()
            value, at = _simple(found, 2, start), found.end()
        else:
            found = _FLOW_KEY(line, at)
            if found is None:
                raise _Beyond
            name = found[1]
            value, at = _flow(line, found.end(), start, depth)
            delimiter, at = _goes_on(line, at)
        if name in seen:
            raise _Beyond
        seen.add(name)
        key = start + found.start(1)
        entries.append((_make(Scalar, (name, "", key, key + len(name), "")), value))
    if delimiter != "}":
        raise _Beyond
    return _make(Mapping, (entries, start + opened, start + at)), at


def _flow_list(line: str, opened: int, start: Place, depth: int) -> tuple[Value, int]:
    items: list[Value] = []
    at, delimiter = opened + 1, ","
    if closed := _FLOW_CLOSES(line, at):
        at, delimiter = closed.end(), closed[1]
    while delimiter == ",":
        found = _FLOW_ITEM(line, at)
        if found is not None:
            items.append(_simple(found, 1, start))
            at, delimiter = found.end(), found[3]
        else:
            opens = _FLOW_OPENS(line, at)
            if opens is None:
                raise _Beyond
            value, at = _flow(line, opens.end(), start, depth)
            items.append(value)
            delimiter, at = _goes_on(line, at)
    if delimiter != "]":
        raise _Beyond
    return _make(Sequence, (items, start + opened, start + at)), at


def _goes_on(line: str, at: int) -> tuple[str, int]:
    found = _FLOW_GOES_ON(line, at)
    if found is None:
        raise _Beyond
    return found[1], found.end()


def _simple(found: re.Match[str], group: int, start: Place) -> Scalar:
    """A word, or a text in quotes, which is the group after it."""
    at = start + found.start(group)
    if (word := found[group]) is not None:
        word = word.rstrip(" ")
        return _make(Scalar, (word, "", at, at + len(word), ""))
    at, quoted = start + found.start(group + 1), found[group + 1]
    return _make(Scalar, (quoted[1:-1], quoted[0], at, at + len(quoted), ""))
