"""The `links` of a graph: arrows and maps, both to single links from one end to another."""

from collections.abc import Collection
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from iomt.contract.delivery import Delivery, Transport
from iomt.diagnostics.finding import Finding
from iomt.language.document import Document, Mapping, Scalar, Sequence, Value, scalar_value
from iomt.language.fields import Fields, sequence_items
from iomt.language.graph import NOTHING, End, Link
from iomt.language.keys import LINK
from iomt.language.places import inside

if TYPE_CHECKING:  # imported where a graph has more than simple arrows
    from iomt.language.arrows import BadArrow, Word

MOST = 100_000
"""Links; two lists in one line multiply."""
_BETWEEN = " -> "
_IN_WORDS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost
_ARROW_EXAMPLE = '"gate -> lake"'


class LinkReader:
    """Reads the list of links of one document.

    ``entries``: the nodes that one name may stand for; ``nodes``: the names of all, where each of them
    that is no entry stands for itself.
    """

    def __init__(self, fields: Fields, entries: dict[str, list[str]], nodes: Collection[str] = ()) -> None:
        self._fields = fields
        self._entries = entries
        self._document: Document = fields.document
        self._links: list[Link] = []
        self._keys = LINK.by_name
        self._names = {name: name for name in nodes if name not in entries} if _are_words(nodes) else {}

    def read(self, value: Value, of_profile: int = 0) -> tuple[Link, ...]:
        """All links in the order of the file. The last ``of_profile`` items are those of a profile."""
        if not isinstance(value, Sequence):
            self._fields.wrong_type(value, "links", "a list", f"write for example `- {_ARROW_EXAMPLE}`")
            return ()
        names = self._names.get
        before = len(value.items) - of_profile
        own = 0
        for number, item in enumerate(value.items):
            if number == before:
                own = len(self._links)
            if isinstance(item, Scalar):
                nodes = [names(part, "") for part in item.text.split(_BETWEEN)]
                if "" in nodes or len(nodes) == 1 or len(self._links) + len(nodes) > MOST:
                    self._arrow(item)
                else:  # nearly all links of a large graph
                    self._simple_arrow(item, nodes)
            elif isinstance(item, Mapping):
                self._map(item)
            else:
                help_text = f"a link that begins with [ stands in quotes: {_ARROW_EXAMPLE}"
                self._fields.wrong_type(item, "a link", "an arrow or a map", help_text)
        if len(self._document.sources) == 1 and not of_profile:
            return tuple(self._links)
        return self._replaced(own if of_profile else len(self._links))

    def _replaced(self, own: int) -> tuple[Link, ...]:
        """A link of a later file, or of a profile, instead of the one with the same ends before it."""
        kept: dict[tuple[str | None, ...], list[Link]] = {}
        in_profile = set[tuple[str | None, ...]]()
        for number, link in enumerate(self._links):
            ends = (link.source.node, link.source.port, link.target.node, link.target.port)
            same = kept.setdefault(ends, [])
            begins = number >= own and ends not in in_profile
            if same and (begins or same[0].span.file != link.span.file):
                same.clear()
            if begins:
                in_profile.add(ends)
            same.append(link)
        return tuple(link for same in kept.values() for link in same)

    def _arrow(self, item: Scalar) -> None:
        if not isinstance(scalar_value(item), str) or not item.text.strip():
            self._fields.wrong_type(
                item, "a link", "an arrow or a map", f"write for example {_ARROW_EXAMPLE}"
            )
            return
        from iomt.language.arrows import BadArrow, read_arrow

        try:
            stages = read_arrow(item.text)
        except BadArrow as error:
            self._bad(item, error)
            return
        ends = [[end for word in stage for end in self._named(item, word)] for stage in stages]
        for sources, targets in pairwise(ends):
            if self._are_too_many(sources, targets, item):
                return
            self._links.extend(Link(source, target, item) for source in sources for target in targets)

    def _simple_arrow(self, item: Scalar, nodes: list[str]) -> None:
        """From each node to the next."""
        links, document = self._links, self._document
        source, at = None, 0
        for node in nodes:
            length = len(node)
            target = _make(End, (node, None, document, item, at, length))
            if source is not None:
                links.append(
                    _make(Link, (source, target, item, None, None, None, None, False, None, NOTHING))
                )
            source = target
            at += length + len(_BETWEEN)

    def _map(self, item: Mapping) -> None:
        taken = self._fields.take(item, LINK, "a link", item)
        sources, targets = (self._ends(taken, side) for side in ("from", "to"))
        spans = {
            name: self._document.span(value) for name, value in taken.items() if name not in ("from", "to")
        }
        delivery = self._choice(taken, "delivery")
        transport = self._choice(taken, "transport")
        max_rate, latency = (self._quantity(taken, name) for name in ("max_rate", "latency"))
        buffer = self._fields.buffer(taken["buffer"], self._keys["buffer"]) if "buffer" in taken else None
        if self._are_too_many(sources, targets, item):
            return
        self._links.extend(
            Link(
                source,
                target,
                item,
                delivery=cast(Delivery | None, delivery),
                transport=cast(Transport | None, transport),
                max_rate=max_rate,
                buffer=buffer[0] if buffer else None,
                buffer_in_bytes=bool(buffer and buffer[1]),
                latency=latency,
                spans=spans,
            )
            for source in sources
            for target in targets
        )

    def _are_too_many(self, sources: list[End], targets: list[End], item: Value) -> bool:
        if len(self._links) + len(sources) * len(targets) <= MOST:
            return False
        self._fields.note("too-large", f"more than {MOST:,} links", item, "link fewer nodes in one list")
        return True

    def _choice(self, taken: dict[str, Value], name: str) -> str | None:
        return self._fields.choice(taken[name], self._keys[name]) if name in taken else None

    def _quantity(self, taken: dict[str, Value], name: str) -> float | None:
        return self._fields.quantity(taken[name], self._keys[name]) if name in taken else None

    def _ends(self, taken: dict[str, Value], side: str) -> list[End]:
        if side not in taken:
            return []
        from iomt.language.arrows import BadArrow, read_stage

        ends: list[End] = []
        for value in sequence_items(taken[side]):
            if self._fields.text(value, self._keys[side]) is None:
                continue
            assert isinstance(value, Scalar)
            try:
                ends += [end for word in read_stage(value.text) for end in self._named(value, word)]
            except BadArrow as error:
                self._bad(value, error)
        return ends

    def _named(self, scalar: Scalar, word: "Word") -> list[End]:
        """The node, or all nodes of an entry with `each`."""
        node, _, port = word.text.partition(".")
        where = self._document, scalar, word.offset, len(word.text)
        return [End(name, port or None, *where) for name in self._entries.get(node, (node,))]

    def _bad(self, scalar: Scalar, error: "BadArrow") -> None:
        place = inside(self._document, scalar, error.offset, error.length)
        self._fields.findings.append(Finding("bad-arrow", error.message, place, error.help))


def _are_words(names: Collection[str]) -> bool:
    """Whether each name is one word in an arrow, whatever else is wrong with it."""
    return not "".join(names).encode(errors="replace").translate(None, _IN_WORDS)
