"""Where the words of one node stand: asked for only where something is wrong with them.

To note the place of every word of a large graph takes longer than to check it.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypeAlias

from iomt.diagnostics.finding import Span
from iomt.language.document import Document, Mapping, Scalar, Sequence, Value

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands inside ``options``: keys and list positions."""
_MOST_QUOTED = 20


class _Written(NamedTuple):
    document: Document
    key: Scalar
    value: Value


class Written(_Written):
    """A node as it stands in a document: its name and what was written for it."""

    def spans(self) -> dict[str, Span]:
        """The value of each of the node's own keys."""
        entries = self.value.entries if isinstance(self.value, Mapping) else ()
        return {key.text: self.document.span(inner) for key, inner in entries}

    def option_spans(self) -> dict[Path, Span]:
        """The value of each option; ``()`` is all of them, or the node's name where there are none."""
        return self._places[0]

    def option_key_spans(self) -> dict[Path, Span]:
        """The key of each option; ``()`` is the word ``options``."""
        return self._places[1]

    @cached_property  # who asks for one asks for more
    def _places(self) -> tuple[dict[Path, Span], dict[Path, Span]]:
        """Those of values, and those of keys."""
        values: dict[Path, Span] = {(): self.document.span(self.key)}
        keys: dict[Path, Span] = {}
        entries = self.value.entries if isinstance(self.value, Mapping) else ()
        for key, inner in entries:
            if key.text == "options" and isinstance(inner, Mapping):
                keys[()] = self.document.span(key)
                self._note(inner, (), values, keys)
        return values, keys

    def _note(self, value: Value, path: Path, values: dict[Path, Span], keys: dict[Path, Span]) -> None:
        values[path] = self.document.span(value)
        if isinstance(value, Mapping):
            for key, inner in value.entries:
                deeper = (*path, key.text)
                keys[deeper] = self.document.span(key)
                self._note(inner, deeper, values, keys)
        elif isinstance(value, Sequence):
            for number, inner in enumerate(value.items):
                self._note(inner, (*path, number), values, keys)


def quoted_options(value: Value) -> list[Path] | None:
    """Where double quotes stand in a node, by the paths of the options and in the order of the file.

    None where they stand elsewhere too, for then they may decide more than an option's text; and where
    there are so many that to read the node anew costs less than to fill them in one by one.
    """
    found = list(islice(_quoted(value, ()), _MOST_QUOTED + 1))
    if len(found) > _MOST_QUOTED or any(path[0] != "options" for path in found):
        return None
    return [path[1:] for path in found]


def _quoted(value: Value, path: Path) -> Iterator[Path]:
    if isinstance(value, Scalar):
        if value.style == '"':
            yield path
    elif isinstance(value, Mapping):
        for key, inner in value.entries:
            yield from _quoted(inner, (*path, key.text))
    else:
        for number, inner in enumerate(value.items):
            yield from _quoted(inner, (*path, number))
