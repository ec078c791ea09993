"""Any YAML text to a `Document`, or to findings: the events of PyYAML's C parser and a builder of our own.

PyYAML's own composer is not used: it keeps the last of two equal keys without a word, turns ``no``
into false, expands aliases without bound, and is slower.
"""

from typing import Any

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.document import (
    COLUMN_BITS,
    Document,
    Mapping,
    Place,
    Scalar,
    Sequence,
    Value,
    span_between,
)
from iomt.language.merge_keys import MERGE, merged_in
from iomt.language.source import MOST_VALUES, SourceText
from iomt.language.syntax_errors import explain

DEEPEST = 64
"""Maps and lists inside each other, aliases followed."""
MOST_EXPANDED = 100_000
"""Values that aliases may stand for, all together: a few lines can otherwise mean billions."""

MOST_MISTAKES = 2_000
"""A file with more is not read to its end: most likely it is no graph."""

_STARTS = (MappingStartEvent, SequenceStartEvent)
_ENDS = (MappingEndEvent, SequenceEndEvent)
_TAG_PREFIX = "tag:yaml.org,2002:"


class _Refused(Exception):
    """The rest of the file is not read; its finding is already noted."""


class _Frame:
    """A map or list that is still open. ``depth`` is that of what it holds, aliases followed.

    ``last`` is where its last value ends; ``merged`` are the values of its merge keys.
    """

    __slots__ = (
        "anchor", "before", "depth", "entries", "flow", "is_map", "items", "key", "last", "merged", "seen",
        "start",
    )  # fmt: skip

    def __init__(self, is_map: bool, start: Place, flow: bool, anchor: str | None, before: int) -> None:
        self.is_map, self.start, self.flow, self.anchor, self.before = is_map, start, flow, anchor, before
        self.items: list[Value] = []
        self.entries: list[tuple[Scalar, Value]] = []
        self.key: Scalar | None = None
        self.seen: dict[str, Scalar] = {}
        self.merged: list[Value] = []
        self.depth, self.last = 0, start


def read_fully(source: SourceText, first: Place) -> tuple[Document | None, list[Finding]]:
    """The tree of the file's first document, None where the YAML itself is broken.

    ``first`` is the place of its first character.
    """
    builder = _Builder(source, first)
    try:
        root = builder.build()
    except _Refused:
        return None, builder.findings
    except YAMLError as error:
        return None, [*builder.findings, explain(error, source)]
    if root is None or (type(root) is Scalar and not root.text and not root.style):  # --- alone is empty too
        return None, [Finding("empty-file", f"{source.path} has nothing but comments in it", source.start())]
    return Document(root, (source,)), builder.findings


class _Builder:
    def __init__(self, source: SourceText, first: Place) -> None:
        self.findings: list[Finding] = []
        self._source, self._first = source, first
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, int, int]] = {}
        self._unknown: set[Place] = set()
        self._count = 0
        self._expanded = 0

    def build(self) -> Value | None:
        """Read all events; the root, None for a file of comments."""
        next_event = CParser(self._source.text).get_event
        bottom = _Frame(False, self._first, True, None, 0)
        self._stack.append(bottom)
        documents = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind in _STARTS:
                self._open(event, kind is MappingStartEvent)
            elif kind in _ENDS:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents == 2:
                    self._second_document(event, bottom.items[0])
                    break
            elif kind is StreamEndEvent:
                break
            elif kind is DocumentEndEvent:
                self._anchors.clear()
        return bottom.items[0] if bottom.items else None

    def _place_of(self, mark: Any) -> Place:
        place: Place = self._first | mark.line << COLUMN_BITS | mark.column
        return place

    def _scalar(self, event: Any) -> None:
        forced = "" if event.tag is None else self._forced(event.tag, event)
        start, end = self._place_of(event.start_mark), self._place_of(event.end_mark)
        if not event.value and not event.style and self._stack[-1].key is not None:
            # A value that is not there: behind its key, for the parser's own mark may be lines below.
            start = end = self._stack[-1].last
        value = Scalar(event.value, event.style or "", start, end, forced)
        self._counts(1, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        self._add(value)

    def _open(self, event: Any, is_map: bool) -> None:
        if event.tag is not None:
            self._forced(event.tag, event)
        if len(self._stack) > DEEPEST:
            self._too_deep(event)
        self._counts(1, event)
        start = self._place_of(event.start_mark)
        self._stack.append(_Frame(is_map, start, event.flow_style, event.anchor, self._count - 1))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        # A block ends where its last value does; the parser's own mark is where the next begins.
        end = self._place_of(event.end_mark) if frame.flow else frame.last
        value: Value
        if frame.is_map:
            own = frame.entries
            inherited = merged_in(frame.merged, frame.seen, self._wrong_merge) if frame.merged else []
            value = Mapping([*inherited, *own] if inherited else own, frame.start, end)
        else:
            value = Sequence(frame.items, frame.start, end)
        depth = frame.depth + 1
        self._stack[-1].depth = max(self._stack[-1].depth, depth)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (value, self._count - frame.before, depth)
        self._add(value)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if any(frame.anchor == name for frame in self._stack):
            help_text = f"write out what is meant, or put &{name} at a value that ends before this place"
            message = f"*{name} stands inside &{name}: it would contain itself"
            self._note("unknown-alias", message, event, help_text)
            return self._add(self._nothing(event))
        if name not in self._anchors:
            help_text = f"write &{name} before the value that is meant, further up in the file"
            self._note("unknown-alias", f"there is no &{name} before this *{name}", event, help_text)
            return self._add(self._nothing(event))
        value, size, depth = self._anchors[name]
        if len(self._stack) + depth > DEEPEST:
            self._too_deep(event)
        self._counts(size, event)
        self._expanded += size
        if self._expanded > MOST_EXPANDED:
            message = f"the aliases of this file stand for more than {MOST_EXPANDED} values"
            self._note("too-large", message, event, "write fewer aliases of aliases")
            raise _Refused
        self._stack[-1].depth = max(self._stack[-1].depth, depth)
        return self._add(value, self._place_of(event.end_mark))

    def _nothing(self, event: Any) -> Scalar:
        """In place of an alias that means nothing."""
        value = Scalar("", "", self._place_of(event.start_mark), self._place_of(event.end_mark))
        self._unknown.add(value.start)
        self._count += 1
        return value

    def _add(self, value: Value, end: Place | None = None) -> None:
        """To the map or list that is open. ``end`` is where it is written, which for an alias is not
        where its value stands.
        """
        frame = self._stack[-1]
        frame.last = value.end if end is None else end
        if not frame.is_map:
            frame.items.append(value)
        elif frame.key is None:
            frame.key = self._key(frame, value)
        else:
            if frame.key is _MERGE_KEY:
                frame.merged.append(value)
            elif frame.key is not _SKIPPED:
                frame.entries.append((frame.key, value))
            frame.key = None

    def _key(self, frame: _Frame, value: Value) -> Scalar:
        """The key as it is kept, `_SKIPPED` for one that was refused, `_MERGE_KEY` for a merge key."""
        if type(value) is not Scalar:
            message = "a key must be a word, found " + ("a map" if isinstance(value, Mapping) else "a list")
            help_text = "text with { or [ in it stands in quotes"
            self.findings.append(Finding("bad-key", message, self._span(value), help_text))
            return _SKIPPED
        is_merge = value.text == MERGE and not value.style and not value.forced
        if value.text in frame.seen:
            related = (Related(self._span(frame.seen[value.text]), "it stands here first"),)
            message = f"the key {value.text} stands twice in the same map"
            help_text = f"write {MERGE}: [*a, *b]" if is_merge else "remove one, or give it another name"
            self.findings.append(Finding("duplicate-key", message, self._span(value), help_text, related))
            return _SKIPPED
        frame.seen[value.text] = value
        return _MERGE_KEY if is_merge else value

    def _wrong_merge(self, value: Value, found: str) -> None:
        if value.start in self._unknown:
            return  # its alias already has a finding
        message = f"{MERGE} takes a map or a list of maps, found {found}"
        help_text = f"give a map a name with &name, and write {MERGE}: *name"
        self.findings.append(Finding("merge-key", message, self._span(value), help_text))

    def _forced(self, tag: str, event: Any) -> str:
        kind = tag.removeprefix(_TAG_PREFIX)
        if tag in ("!", _TAG_PREFIX + "str") and type(event) is ScalarEvent:
            return "str"
        shown = "!!" + kind if kind != tag else tag
        self._note(
            "yaml-tag",
            f"YAML tags such as {shown} have no meaning here",
            event,
            "remove the tag; only !!str is known",
        )
        return ""

    def _second_document(self, event: Any, first: Value) -> None:
        message = "a second document begins here; one file holds one graph"
        related = (Related(self._span(first), "the first document"),)
        help_text = "move it to a file of its own, or remove the ---"
        self._note("two-documents", message, event, help_text, related)

    def _counts(self, values: int, event: Any) -> None:
        self._count += values
        if len(self.findings) > MOST_MISTAKES:
            raise _Refused
        if self._count > MOST_VALUES:
            message = f"more than {MOST_VALUES:,} words, maps and lists in one file"
            self._note("too-large", message, event, "make several graphs of it, or nodes with `each`")
            raise _Refused

    def _too_deep(self, event: Any) -> None:
        message = f"more than {DEEPEST} maps and lists inside each other"
        self._note("too-large", message, event, "nothing in a graph needs such depth")
        raise _Refused

    def _note(
        self, rule: str, message: str, event: Any, help_text: str = "", related: tuple[Related, ...] = ()
    ) -> None:
        start, end = self._place_of(event.start_mark), self._place_of(event.end_mark)
        span = span_between(self._source.path, start, end)
        self.findings.append(Finding(rule, message, span, help_text, related))

    def _span(self, value: Value) -> Span:
        return span_between(self._source.path, value.start, value.end)


_SKIPPED = Scalar("", "", 0, 0)
"""Stands for a key that is not kept; its value is dropped."""
_MERGE_KEY = Scalar(MERGE, "", 0, 0)
"""Stands for every merge key."""
