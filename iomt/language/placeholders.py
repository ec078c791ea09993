"""``{item}`` and ``{item.key}`` inside the values of an entry with `each`."""

import re

from iomt.diagnostics.finding import Finding, Span
from iomt.language.document import Mapping, Scalar, Sequence, Value
from iomt.language.fields import Fields
from iomt.language.merged import is_nothing, value_of
from iomt.language.places import inside
from iomt.language.suggest import cure, nearest, one_of

_RULE = "bad-placeholder"
_PLACEHOLDER = r"\{item(?:\.([\w-]+))?\}"
_LONGEST = 2**24
"""Characters that are put in for one entry."""
_WORD = r"item(?:\.([\w-]+))?"
_ALIKE = r"\{([a-z]\w*)(?:\.[\w-]+)?\}"


def has_placeholder(value: Value) -> bool:
    """Whether there is anything in it that looks like one."""
    if isinstance(value, Scalar):
        return "{" in value.text
    if isinstance(value, Sequence):
        return any(has_placeholder(item) for item in value.items)
    return _unquoted(value) is not None or any(has_placeholder(inner) for _, inner in value.entries)


class Filler:
    """Puts items in, and tells each placeholder that has no meaning once."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._told: set[Span] = set()
        self._length = 0

    def fill(self, value: Value, word: Scalar, values: Mapping | None) -> Value:
        """The value for one item; what has no placeholder stays the same."""
        if isinstance(value, Scalar):
            return self._scalar(value, word, values) if "{" in value.text else value
        if isinstance(value, Sequence):
            return Sequence([self.fill(item, word, values) for item in value.items], value.start, value.end)
        written = _unquoted(value)
        if written:
            place = self._fields.span(value)
            self._tell(place, f"{{{written[0]}}} without quotes is a map", f'write "{{{written[0]}}}"')
            return _no_value(value, word)
        entries = [(key, self.fill(inner, word, values)) for key, inner in value.entries]
        return Mapping(entries, value.start, value.end)

    def _scalar(self, scalar: Scalar, word: Scalar, values: Mapping | None) -> Value:
        whole = re.fullmatch(_PLACEHOLDER, scalar.text)
        if whole:  # the item as it is: a number stays one
            meant = self._meant(whole[1], self._fields.span(scalar), word, values)
            return _no_value(scalar, word) if meant is None else meant
        self._look_alikes(scalar)

        def put(match: re.Match[str]) -> str:
            place = inside(self._fields.document, scalar, match.start(), len(match[0]))
            meant = self._meant(match[1], place, word, values)
            if isinstance(meant, Scalar):
                self._length += len(meant.text)
                if self._length <= _LONGEST:
                    return meant.text
                self._tell(place, "the items put here are too long", "say less in them", "too-large")
                return ""
            if meant is not None:
                self._tell(place, f"{match[0]} is no word and cannot be part of a text", "let it stand alone")
            return match[0]

        text = re.sub(_PLACEHOLDER, put, scalar.text)
        return scalar if text == scalar.text else Scalar(text, '"', scalar.start, scalar.end)

    def _meant(self, name: str | None, place: Span, word: Scalar, values: Mapping | None) -> Value | None:
        if name is None:
            return word
        found = value_of(values, name) if values else None
        if found is None:
            known = [key.text for key, _ in values.entries] if values else []
            otherwise = f"it has {one_of(known, 'and')}" if known else "it is a word: write {item}"
            self._tell(place, f"the item {word.text} of each has no {name}", cure(name, known, otherwise))
        return found

    def _look_alikes(self, scalar: Scalar) -> None:
        for match in re.finditer(_ALIKE, scalar.text):
            if match[1] != "item" and (match[1] == "each" or nearest(match[1], ["item"])):
                place = inside(self._fields.document, scalar, match.start(), len(match[0]))
                self._tell(place, f"{match[0]} means nothing", "did you mean {item}?")

    def _tell(self, place: Span, message: str, help_text: str, rule: str = _RULE) -> None:
        if place not in self._told:
            self._told.add(place)
            self._fields.findings.append(Finding(rule, message, place, help_text))


def _no_value(written: Value, word: Scalar) -> Scalar:
    """In place of what a mistaken placeholder means: it stands where that has its finding."""
    return Scalar(word.text, '"', written.start, written.end)


def note_strays(fields: Fields, value: Value, entry: str) -> None:
    """Placeholders in an entry without `each`."""
    if isinstance(value, Mapping):
        for _, inner in value.entries:
            note_strays(fields, inner, entry)
    elif isinstance(value, Sequence):
        for item in value.items:
            note_strays(fields, item, entry)
    else:
        for match in re.finditer(_PLACEHOLDER, value.text):
            place = inside(fields.document, value, match.start(), len(match[0]))
            message = f"{match[0]} stands for an item of each, and {entry} has no each"
            fields.findings.append(Finding(_RULE, message, place, "add for example each: [north, south]"))


def _unquoted(value: Mapping) -> tuple[str, str | None] | None:
    """``{item.url}`` without quotes, which YAML reads as a map: the words in it, and its key."""
    if len(value.entries) != 1 or not is_nothing(value.entries[0][1]):
        return None
    match = re.fullmatch(_WORD, value.entries[0][0].text)
    return (match[0], match[1]) if match else None
