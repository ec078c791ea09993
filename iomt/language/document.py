"""The syntax tree of one YAML file or of several: what stands where, nothing about what it means."""

from collections.abc import Callable
from collections.abc import Sequence as Sequence_
from typing import Any, NamedTuple, TypeAlias

from iomt.diagnostics.finding import Span
from iomt.language.source import SourceText

Place: TypeAlias = int
"""A character of a file as one number, which costs a large tree far less than an object does.

From the highest bits on: the number of the file in `Document.sources`, the line, and the column, both
from 0. Later places of one file are greater, and so are all places of later files.
"""
COLUMN_BITS = LINE_BITS = 27
"""Of a `Place`: a file has at most 64 MiB, so neither a line nor a column needs more."""
FILE_SHIFT = LINE_BITS + COLUMN_BITS
_COLUMN_MASK = (1 << COLUMN_BITS) - 1
_LINE_MASK = (1 << LINE_BITS) - 1


def line_of(place: Place) -> int:
    """The line inside its file, from 0."""
    return place >> COLUMN_BITS & _LINE_MASK


def column_of(place: Place) -> int:
    """The column, from 0."""
    return place & _COLUMN_MASK


# Named tuples: frozen like the dataclasses elsewhere, but made several times faster, and a large
# graph has hundreds of thousands of them.
class Scalar(NamedTuple):
    """One word, number or text. ``style`` is empty for plain, else ``'``, ``"``, ``|`` or ``>``.

    ``forced`` is the type that a tag such as ``!!str`` asks for, empty without one.
    """

    text: str
    style: str
    start: Place
    end: Place
    forced: str = ""


class Mapping(NamedTuple):
    """Keys and values, each key once: those of merge keys first, then its own in the order of the file.

    What came by a merge key keeps the place where it was written.
    """

    entries: Sequence_[tuple[Scalar, "Value"]]
    start: Place
    end: Place


class Sequence(NamedTuple):
    """A list."""

    items: list["Value"]
    start: Place
    end: Place


Value: TypeAlias = Scalar | Mapping | Sequence


class Repeats(NamedTuple):
    """Values that are written like an earlier one, by the place where they start.

    ``same`` tells where the earlier one starts that has the very same characters. ``like`` tells it of
    those that differ in what stands in double quotes, and what that is, in the order of the file.
    """

    same: dict[Place, Place]
    like: dict[Place, tuple[Place, list[str]]]


NOT_KNOWN = Repeats({}, {})
"""Never written to."""


class Document(NamedTuple):
    """A whole tree. Its values may come from several files: ``sources`` in the order of their numbers.

    Files are read one by one, each with its number (`read_document(source, number)`), and what becomes
    of their trees is ``Document(root, (first, second))``. A value begins and ends in one file.
    """

    root: Value
    sources: tuple[SourceText, ...]
    repeats: Repeats = NOT_KNOWN

    @property
    def source(self) -> SourceText:
        """The first file."""
        return self.sources[0]

    def source_of(self, value: Value) -> SourceText:
        """The file in which the value stands."""
        return self.sources[value.start >> FILE_SHIFT]

    def span(self, value: Value) -> Span:
        """Where the value stands."""
        return span_between(self.sources[value.start >> FILE_SHIFT].path, value.start, value.end)

    def origin(self, value: Value) -> str:
        """The file and the line in which it begins, for people."""
        return self.origins()(value.start)

    def origins(self) -> Callable[[Place], str]:
        """The same for many places; of one file it is several times faster."""
        paths = [each.path for each in self.sources]
        if len(paths) == 1:
            before = f"{paths[0]}:"
            return lambda start: f"{before}{(start >> COLUMN_BITS) + 1}"
        return lambda start: f"{paths[start >> FILE_SHIFT]}:{(start >> COLUMN_BITS & _LINE_MASK) + 1}"


def span_between(path: str, start: Place, end: Place) -> Span:
    """From one place of a file to another."""
    return Span(
        path,
        (start >> COLUMN_BITS & _LINE_MASK) + 1,
        (start & _COLUMN_MASK) + 1,
        (end >> COLUMN_BITS & _LINE_MASK) + 1,
        (end & _COLUMN_MASK) + 1,
    )


def kind_of(value: Value) -> str:
    """What the value is, in words for people."""
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, Sequence):
        return "a list"
    plain = scalar_value(value)
    if plain is None:
        return "nothing"
    if isinstance(plain, bool):
        return value.text
    return f"the number {value.text}" if isinstance(plain, int | float) else "text"


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("0123456789+-.")
_NUMBER_CHARACTERS = frozenset("0123456789+-.eE")
_BASES = {"0o": 8, "0x": 16}


def scalar_value(scalar: Scalar) -> Any:
    """The value by YAML 1.2's core schema: ``no`` and ``on`` are text, ``0o17`` is a number.

    Infinities and NaN stay text: options travel as JSON, which has none.
    """
    text = scalar.text
    if scalar.style or scalar.forced == "str":
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


def _number(text: str) -> int | float | str:
    try:
        if text[:2] in _BASES:
            return text if "_" in text or text[2] in "+-" else int(text[2:], _BASES[text[:2]])
        if not _NUMBER_CHARACTERS.issuperset(text):
            return text
        digits = text[1:] if text[0] in "+-" else text
        if digits.isdigit():
            return int(text)
        value = float(text)
    except (ValueError, IndexError):
        return text
    return value if abs(value) != float("inf") else text


def plain_value(value: Value) -> Any:
    """Dicts, lists and scalars without places."""
    if isinstance(value, Scalar):
        return scalar_value(value)
    if isinstance(value, Mapping):
        return {key.text: plain_value(inner) for key, inner in value.entries}
    return [plain_value(item) for item in value.items]
