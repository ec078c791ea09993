"""The syntax tree of a YAML file: what stands where, nothing about what it means."""

from typing import Any, NamedTuple, Protocol, TypeAlias

from iomt.diagnostics.finding import Span
from iomt.language.source import SourceText


class Mark(Protocol):
    """A place as the YAML parser gives it: characters from 0."""

    @property
    def index(self) -> int: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def column(self) -> int: ...  # noqa: D102


# Named tuples: frozen like the dataclasses elsewhere, but made several times faster, and a large
# graph has hundreds of thousands of them.
class Scalar(NamedTuple):
    """One word, number or text. ``style`` is empty for plain, else ``'``, ``"``, ``|`` or ``>``.

    ``forced`` is the type that a tag such as ``!!str`` asks for, empty without one.
    """

    text: str
    style: str
    start: Mark
    end: Mark
    forced: str = ""


class Mapping(NamedTuple):
    """Keys and values in the order of the file, each key once."""

    entries: list[tuple[Scalar, "Value"]]
    start: Mark
    end: Mark


class Sequence(NamedTuple):
    """A list."""

    items: list["Value"]
    start: Mark
    end: Mark


Value: TypeAlias = Scalar | Mapping | Sequence


class Document(NamedTuple):
    """A whole file."""

    root: Value
    source: SourceText

    def span(self, value: Value) -> Span:
        """Where the value stands."""
        start, end = value.start, value.end
        return Span(self.source.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


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
