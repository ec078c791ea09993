"""The conditions of a graph: which node has one, and where it stands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.option_formats import CONDITION, alike_with_format, texts_of_format
from iomt.diagnostics.finding import Span
from iomt.language.places import within
from iomt.language.source import SourceText

if TYPE_CHECKING:
    from iomt.contract.condition import Condition


class Written(NamedTuple):
    """A condition as it stands in the graph."""

    node: ResolvedNode
    option: str
    text: str
    span: Span

    def place(self, source: SourceText, offset: int, length: int) -> Span:
        """Where some characters of it stand."""
        file = source.of(self.span.file)
        return within(file, self.span, self.text, offset, length) if file else self.span

    def place_of(self, source: SourceText, word: str) -> Span:
        """Where a word of it stands; the whole where it cannot be found as it is."""
        offset = self.text.find(word)
        return self.place(source, offset, len(word)) if offset >= 0 else self.span


def written_conditions(resolved: Resolved) -> Iterator[Written]:
    """Every condition, readable or not."""
    for nodes in alike_with_format(resolved, CONDITION):
        first = nodes[0]
        for path, text in texts_of_format(first.device.options, first.node.options, CONDITION):
            for node in nodes:
                yield Written(node, str(path[-1]), text, node.node.option_spans[path])


def readable_conditions(resolved: Resolved) -> Iterator[tuple[Written, "Condition"]]:
    """Those that can be read; `bad_condition` tells of the others."""
    for written in written_conditions(resolved):
        from iomt.contract.condition import BadCondition, parse  # most graphs need it not

        try:
            yield written, parse(written.text)
        except BadCondition:
            continue
