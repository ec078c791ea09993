"""A graph file in its normal form, with its comments: `iomt fmt`.

Two spaces a level, keys in the order of the language, one space after `:` and `,`, no more than one
empty line, double quotes. A map or list in braces or brackets stays on one line where it fits, and is
written out where it does not or has comments in it; one-line maps below each other begin in the same
column. What is plain stays plain, and what is quoted quoted.
"""

from collections import Counter

from iomt.language.comments import read_comments
from iomt.language.document import Document, plain_value
from iomt.language.key_order import sort_keys
from iomt.language.keys import GRAPH
from iomt.language.layout import Entry, Group, Part, Word, read_layout
from iomt.language.layout_comments import place_comments
from iomt.language.reader import read_document
from iomt.language.source import SourceText

WIDTH = 120
"""Characters of a line beyond which a map or list is written out, comments not counted."""


class CannotFormat(Exception):
    """The normal form would not mean the same."""


def formatted(document: Document) -> str:
    """The text of a document whose root is a map. Raises `CannotFormat`."""
    root, has_aliases = read_layout(document.source.text)
    place_comments(root, document.source)
    if root.entries:
        header, root.entries[0].before = root.entries[0].before, []
        if not has_aliases:  # an alias stands after its anchor
            sort_keys(root, GRAPH)
        root.entries[0].before[:0] = header
    lines: list[str] = []
    _block(root, 0, lines)
    text = "\n".join(lines) + "\n"
    if not _means_the_same(document, SourceText(document.source.path, text)):
        raise CannotFormat
    return text


def _means_the_same(document: Document, after: SourceText) -> bool:
    read, findings = read_document(after)
    if read is None or findings or plain_value(read.root) != plain_value(document.root):
        return False
    before, now = (
        Counter(each.text for each in read_comments(source)) for source in (document.source, after)
    )
    return before == now


def _block(group: Group, indent: int, lines: list[str]) -> None:
    pad = " " * indent
    if not group.entries:
        lines.append(pad + ("{}" if group.is_map else "[]"))
    columns = _columns(group, indent)
    for number, entry in enumerate(group.entries):
        _lift(entry, indent)
        _comments(entry.before, pad, lines, is_first=number == 0)
        head = f"{pad}{_head(entry)}"
        beside = f"  {entry.beside}" if entry.beside else ""
        value = entry.value
        if isinstance(value, Word) and value.lines:
            lines.append(f"{head} {value.header}{beside}")
            lines += [f"{pad}  {line}" if line else "" for line in value.lines]
        elif (text := _one_line(entry, indent)) is not None:
            lines.append(f"{head:<{indent + columns[number]}} {text}{beside}")
        else:
            assert isinstance(value, Group)
            _below(value, head, beside, indent + 2, lines)
    _comments(group.tail, pad, lines, is_first=False)


def _below(group: Group, head: str, beside: str, indent: int, lines: list[str]) -> None:
    """A group that is written out, below its key or beside its dash."""
    if group.anchor or not head.endswith("-"):
        lines.append(f"{head} {group.anchor}".rstrip() + beside)
        _block(group, indent, lines)
        return
    start = len(lines)
    _block(group, indent, lines)
    lines[start] = f"{head} {lines[start][indent:]}"


def _lift(entry: Entry, indent: int) -> None:
    """Comments that would stand between a dash and what follows it go above the dash."""
    group = entry.value
    if entry.key is not None or isinstance(group, Word) or _one_line(entry, indent) is not None:
        return
    if entry.beside:
        entry.before.append(entry.beside)
        entry.beside = ""
    if not group.anchor:
        first = group.entries[0]
        _lift(first, indent + 2)
        entry.before += [comment for comment in first.before if comment]
        first.before = []


def _comments(comments: list[str], pad: str, lines: list[str], *, is_first: bool) -> None:
    """Comments and empty lines; nothing empty at the start of a group, nor twice."""
    may_be_empty = not is_first
    for comment in comments:
        if comment:
            lines.append(pad + comment)
            may_be_empty = True
        elif may_be_empty and lines and lines[-1]:
            lines.append("")


def _head(entry: Entry) -> str:
    if entry.key is None:
        return "-"
    space = " " if entry.key.text.startswith("*") else ""  # a colon may be part of an alias
    return f"{entry.key.text}{space}:"


def _one_line(entry: Entry, indent: int) -> str | None:
    """The value on the line of its key, None where it has to be written out."""
    value = entry.value
    if isinstance(value, Word):
        return value.text
    if not value.is_flow or _has_comments(value):
        return None
    text = _flow(value)
    # A comment at the end of a line may silence what is found in this line: it stays one.
    fits = indent + len(_head(entry)) + 1 + len(text) <= WIDTH
    return text if fits or entry.beside or not value.entries else None


def _flow(part: Part) -> str:
    if isinstance(part, Word):
        return part.text
    items = ", ".join(
        _flow(entry.value) if entry.key is None else f"{_head(entry)} {_flow(entry.value)}"
        for entry in part.entries
    )
    anchor = f"{part.anchor} " if part.anchor else ""
    return f"{anchor}{{{items}}}" if part.is_map else f"{anchor}[{items}]"


def _has_comments(group: Group) -> bool:
    return any(group.tail) or any(
        entry.beside or any(entry.before) or (isinstance(entry.value, Group) and _has_comments(entry.value))
        for entry in group.entries
    )


def _columns(group: Group, indent: int) -> list[int]:
    """How wide the head of each entry is: the same for one-line maps with nothing between them."""
    widths = [len(_head(entry)) for entry in group.entries]
    run: list[int] = []
    for number, entry in enumerate(group.entries):
        value = entry.value
        is_part = isinstance(value, Group) and value.is_map and _one_line(entry, indent) is not None
        if entry.key is None or not is_part or entry.before:
            _widen(widths, run)
            run = []
        if entry.key is not None and is_part:
            run.append(number)
    _widen(widths, run)
    return widths


def _widen(widths: list[int], run: list[int]) -> None:
    widest = max((widths[number] for number in run), default=0)
    for number in run:
        widths[number] = widest
