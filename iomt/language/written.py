"""Where the words of one node stand: asked for only where something is wrong with them.

To note the place of every word of a large graph takes longer than to check it.
"""

from typing import NamedTuple, TypeAlias

from iomt.diagnostics.finding import Span
from iomt.language.document import Document, Mapping, Scalar, Sequence, Value
from iomt.language.merged import value_of

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands inside ``options``: keys and list positions."""


class Written(NamedTuple):
    """A node as it stands in a document: its name and what was written for it."""

    document: Document
    key: Scalar
    value: Value

    def spans(self) -> dict[str, Span]:
        """The value of each of the node's own keys."""
        entries = self.value.entries if isinstance(self.value, Mapping) else ()
        return {key.text: self.document.span(inner) for key, inner in entries}

    def option_spans(self) -> dict[Path, Span]:
        """The value of each option; ``()`` is all of them, or the node's name where there are none."""
        options = self._options()
        if options is None:
            return {(): self.document.span(self.key)}
        spans: dict[Path, Span] = {}
        self._note_spans(options, (), spans, {})
        return spans

    def option_key_spans(self) -> dict[Path, Span]:
        """The key of each option; ``()`` is the word ``options``."""
        options = self._options()
        if options is None or not isinstance(self.value, Mapping):
            return {}
        key = next(key for key, inner in self.value.entries if inner is options)
        keys: dict[Path, Span] = {(): self.document.span(key)}
        self._note_spans(options, (), {}, keys)
        return keys

    def _options(self) -> Mapping | None:
        options = value_of(self.value, "options") if isinstance(self.value, Mapping) else None
        return options if isinstance(options, Mapping) else None

    def _note_spans(self, value: Value, path: Path, spans: dict[Path, Span], keys: dict[Path, Span]) -> None:
        spans[path] = self.document.span(value)
        if isinstance(value, Mapping):
            for key, inner in value.entries:
                deeper = (*path, key.text)
                keys[deeper] = self.document.span(key)
                self._note_spans(inner, deeper, spans, keys)
        elif isinstance(value, Sequence):
            for number, inner in enumerate(value.items):
                self._note_spans(inner, (*path, number), spans, keys)
