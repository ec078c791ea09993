"""A YAML file as it is written: anchors, aliases, flow and block, and a place for every comment.

`Document` says what a file means, and has none of this.
"""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from yaml._yaml import CParser
from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent, StreamEndEvent

from iomt.language.marks import Mark
from iomt.language.quoted import quoted, stands_as_lines
from iomt.language.source import LINE_BREAK

_BLOCK_STYLES = ("|", ">")
_STRUCTURE = frozenset("-?:")
"""Words inside brackets that are marks of structure outside of them."""


@dataclass(slots=True)
class Word:
    """A scalar or an alias. ``text`` is how it is written on one line, anchor included.

    ``lines`` are those of a text that stands as lines, after the ``header``. ``name`` is the value.
    """

    name: str
    text: str
    start: Mark
    end: Mark
    is_block: bool = False
    header: str = ""
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A map or a list. ``tail`` are the comments after its last entry."""

    is_map: bool
    is_flow: bool
    anchor: str
    start: Mark
    end: Mark
    entries: list["Entry"] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """A key and its value, or an item of a list.

    ``before`` are the comments above it, an empty text for empty lines; ``beside`` is that at the end
    of its line.
    """

    key: Word | None
    value: "Word | Group"
    before: list[str] = field(default_factory=list)
    beside: str = ""

    @property
    def start(self) -> Mark:
        """Where it begins."""
        return self.value.start if self.key is None else self.key.start


Part: TypeAlias = Word | Group


def read_layout(text: str) -> tuple[Group, bool]:
    """The root, and whether the file has aliases. The text is a map that `read_document` could read."""
    next_event: Any = CParser(text).get_event
    open_groups: list[Group] = []
    keys: list[Word | None] = []
    root: Part | None = None
    has_aliases = False
    while (kind := type(event := next_event())) is not StreamEndEvent:
        if kind is ScalarEvent or kind is AliasEvent:
            is_key = bool(open_groups) and open_groups[-1].is_map and keys[-1] is None
            part: Part = _alias(event) if kind is AliasEvent else _word(event, is_key)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            is_map = kind is MappingStartEvent
            anchor = f"&{event.anchor}" if event.anchor else ""
            part = Group(is_map, event.flow_style, anchor, event.start_mark, event.end_mark)
        elif hasattr(event, "implicit") or not open_groups:  # the document's own start and end
            continue
        else:
            open_groups.pop().end = event.end_mark
            keys.pop()
            continue
        has_aliases = has_aliases or kind is AliasEvent
        if not open_groups:
            root = part
        elif open_groups[-1].is_map and keys[-1] is None:
            assert isinstance(part, Word)
            keys[-1] = part
            continue
        else:
            open_groups[-1].entries.append(Entry(keys[-1], part))
            keys[-1] = None
        if isinstance(part, Group):
            open_groups.append(part)
            keys.append(None)
    assert isinstance(root, Group)
    return root, has_aliases


def _alias(event: Any) -> Word:
    return Word("", f"*{event.anchor}", event.start_mark, event.end_mark)


def _word(event: Any, is_key: bool) -> Word:
    value: str = event.value
    anchor = f"&{event.anchor} " if event.anchor else ""
    is_block = event.style in _BLOCK_STYLES
    word = Word(value, anchor + _on_one_line(event, is_key), event.start_mark, event.end_mark, is_block)
    if is_block and not is_key and stands_as_lines(value):
        word.header = anchor + ("|" if value.endswith("\n") else "|-")
        word.lines = value.removesuffix("\n").split("\n")
    return word


def _on_one_line(event: Any, is_key: bool) -> str:
    """Plain stays plain; what is quoted stays quoted, in double quotes where they need no escapes."""
    value: str = event.value
    if event.style or event.tag is not None or re.search(LINE_BREAK, value) or value in _STRUCTURE:
        double = quoted(value)
        if "\\" not in double or quoted(value.replace("\\", "").replace('"', "")).count("\\"):
            return double
        return "'" + value.replace("'", "''") + "'"
    return value or ('""' if is_key else "null")
