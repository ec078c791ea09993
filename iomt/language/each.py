"""`each`: one entry of `nodes` that stands for a node per item of a list, a range or a map."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from iomt.diagnostics.finding import Related
from iomt.language.document import Mapping, Scalar, Sequence, Value, scalar_value
from iomt.language.fields import Fields, fits_as_name
from iomt.language.keys import LONGEST_NAME
from iomt.language.merged import MOST_MADE, is_nothing, merged, size_of, value_of, with_value
from iomt.language.placeholders import Filler, has_placeholder

MOST = 20_000
"""Nodes of one graph."""
_RULE = "bad-each"
_RANGE = r"(\d{1,9})\.\.(\d{1,9})"
_HOW = "write for example each: [north, south], each: 1..50, or each: {north: {url: ...}}"


class Item(NamedTuple):
    """One item: the word that nodes are named by, what ``{item.key}`` means, options of its own."""

    word: Scalar
    values: Mapping | None = None
    options: Mapping | None = None


class Each:
    """Makes nodes of entries, and counts them."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._count = 0
        self._made_values = 0

    def expand(self, key: Scalar, node: Mapping) -> dict[str, Mapping] | None:
        """The nodes of one entry by name, None where `each` cannot be read."""
        before = len(self._fields.findings)
        each = value_of(node, "each")
        assert each is not None
        items = list(self._items(each))
        if len(self._fields.findings) > before:
            return None
        if not items:
            self._fields.note(_RULE, f"each of {key.text} has no items", each, _HOW)
            return None
        entries = [entry for entry in node.entries if entry[0].text != "each"]
        base = Mapping(entries, node.start, node.end)
        named = self._named(key, items)
        if len(self._fields.findings) > before:
            return None
        if not has_placeholder(base) and not any(item.options for item in items):
            return dict.fromkeys(named, base)
        self._made_values += size_of(base) * len(items)
        if self._made_values > MOST_MADE:
            message = f"{len(items):,} items of so large an entry"
            self._fields.note("too-large", message, each, "say less in it, or make several graphs")
            return None
        filler = Filler(self._fields)
        return {name: self._made(base, item, filler) for name, item in named.items()}

    def _made(self, base: Mapping, item: Item, filler: Filler) -> Mapping:
        whole = base
        if item.options:
            name = Scalar("options", "", item.word.start, item.word.end)
            options = value_of(base, "options")
            whole = with_value(base, name, merged(options, item.options) if options else item.options)
        filled = filler.fill(whole, item.word, item.values)
        assert isinstance(filled, Mapping)
        return filled

    def _named(self, key: Scalar, items: list[Item]) -> dict[str, Item]:
        named: dict[str, Item] = {}
        for item in items:
            word = item.word
            name = f"{key.text}-{word.text}"
            if name in named:
                first = Related(self._fields.span(named[name].word), "the first")
                message = f"the item {word.text} stands twice in each of {key.text}"
                self._fields.note(_RULE, message, word, "remove one", (first,))
            elif not fits_as_name(name) and fits_as_name(key.text):
                message = f"{name} cannot be the name of a node"
                help_text = f"a name has a-z, 0-9 and - inside, at most {LONGEST_NAME} characters"
                self._fields.note("bad-name", message, word, help_text)
            named[name] = item
        return named

    def _items(self, each: Value) -> Iterator[Item]:
        if isinstance(each, Sequence):
            if self._is_too_many(len(each.items), each):
                return
            for value in each.items:
                yield from self._item(value)
        elif isinstance(each, Mapping):
            ends = {key.text: value for key, value in each.entries}
            if ends.keys() == {"from", "to"} and not any(isinstance(end, Mapping) for end in ends.values()):
                yield from self._range(each, ends["from"], ends["to"])
            elif not self._is_too_many(len(each.entries), each):
                yield from self._own(each)
        elif match := re.fullmatch(_RANGE, each.text):
            yield from self._numbers(each, int(match[1]), int(match[2]))
        else:
            self._fields.wrong_type(each, "each", "a list, a range or a map", _HOW)

    def _item(self, value: Value) -> Iterator[Item]:
        if isinstance(value, Scalar) and not is_nothing(value):
            yield Item(value)
        elif isinstance(value, Mapping):
            word = value_of(value, "name")
            if isinstance(word, Scalar) and not is_nothing(word):
                yield Item(word, value)
            elif word is None:
                help_text = "add for example name: north"
                self._fields.note("missing-key", "an item of each has no name", value, help_text)
            else:
                self._fields.wrong_type(word, "name", "a word", "write for example name: north")
        else:
            self._fields.wrong_type(value, "an item of each", "a word or a map", _HOW)

    def _own(self, each: Mapping) -> Iterator[Item]:
        """A map from items to options of their own."""
        for word, options in each.entries:
            if isinstance(options, Mapping):
                yield Item(word, None, options)
            elif is_nothing(options):
                yield Item(word)
            else:
                self._fields.wrong_type(
                    options, word.text, "a map of options", "write for example {loop: true}"
                )

    def _range(self, each: Mapping, first: Value, last: Value) -> Iterator[Item]:
        numbers = [self._whole(end) for end in (first, last)]
        if None not in numbers:
            yield from self._numbers(each, numbers[0] or 0, numbers[1] or 0)

    def _whole(self, end: Value) -> int | None:
        number = scalar_value(end) if isinstance(end, Scalar) else None
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            return number
        self._fields.wrong_type(end, "the end of a range", "a whole number", "such as each: 1..50")
        return None

    def _numbers(self, each: Value, first: int, last: int) -> Iterator[Item]:
        if first > last:
            self._fields.note(_RULE, f"nothing is from {first} to {last}", each, f"write {last}..{first}")
        elif not self._is_too_many(last - first + 1, each):
            for number in range(first, last + 1):
                yield Item(Scalar(str(number), "", each.start, each.end))

    def _is_too_many(self, count: int, each: Value) -> bool:
        self._count += count
        if self._count <= MOST:
            return False
        self._fields.note("too-large", f"more than {MOST:,} nodes", each, "make several graphs of it")
        return True
