"""`nodes`: entries, what templates add to them, and the nodes that `each` makes of them."""

from typing import TYPE_CHECKING, Any

from iomt.language.document import NOT_KNOWN, Mapping, Place, Scalar, Value
from iomt.language.fields import Fields
from iomt.language.graph import Link, Node
from iomt.language.keys import NODE
from iomt.language.merged import value_of
from iomt.language.node import read_node
from iomt.language.written import Path, Written, quoted_options

if TYPE_CHECKING:  # imported where a graph has any: most small ones have none
    from iomt.language.each import Each
    from iomt.language.templates import Templates

_EXAMPLE = "gate: {kind: MSensor, device: usb-camera}"


class NodesReader:
    """Reads all nodes. ``entries`` has the nodes' names of each entry with `each`."""

    def __init__(self, fields: Fields, templates: Value | None) -> None:
        self._fields = fields
        self._templates = _templates(fields, templates) if templates else None
        self._each: Each | None = None
        self._broken: set[str] = set()
        self._may_stray = any("{item" in source.text for source in fields.document.sources)
        # What templates add to a node may differ, although it is written like another.
        self._same, like = NOT_KNOWN if templates else fields.document.repeats
        self._like = {} if self._may_stray else like
        self._read: dict[Place, Node] = {}
        self._quoted: dict[Place, list[Path] | None] = {}
        self.nodes: dict[str, Node] = {}
        self.entries: dict[str, list[str]] = {}

    def read(self, value: Value) -> None:
        """Every entry of a map."""
        if not isinstance(value, Mapping):
            self._fields.wrong_type(value, "nodes", "a map", f"write for example `{_EXAMPLE}`")
            return
        if not value.entries:
            self._fields.note("missing-key", "nodes is empty", value, f"add for example {_EXAMPLE}")
        for key, inner in value.entries:
            self._entry(key, self._templates.apply(inner) if self._templates else inner)
        if self._templates:
            self._templates.note_unused({node.device for node in self.nodes.values() if node.device})

    def several(self, removed: frozenset[str]) -> dict[str, list[str]]:
        """What names in links stand for, but for those of single nodes. Removed ones stand for nothing."""
        gone: dict[str, list[str]] = {name: [] for name in removed - self.nodes.keys()}
        return gone | self.entries

    def broken(self, links: tuple[Link, ...]) -> frozenset[str]:
        """Names of which nothing is left, those that a broken entry would have made among them."""
        ends = {end.node for link in links for end in (link.source, link.target)} if self._broken else set()
        made = (end for end in ends if any(end.startswith(f"{entry}-") for entry in self._broken))
        return frozenset((*self._broken, *(name for name in made if name not in self.nodes)))

    def _entry(self, key: Scalar, value: Value) -> None:
        name = self._fields.name(key, "a node")
        start = value.start
        first = self._same.get(start, start)
        alike = self._read.get(first) or self._filled(first)
        if alike:
            self._add(name, _renamed(alike, name, key, value, self._fields), key)
            return
        if isinstance(value, Mapping) and value_of(value, "each") is not None:
            self._several(name, key, value)
            return
        if self._may_stray:
            from iomt.language.placeholders import note_strays

            note_strays(self._fields, value, name)
        before = len(self._fields.findings)
        node = read_node(self._fields, name, key, value, NODE)
        if node is None:
            self._broken.add(name)
            return
        self._add(name, node, key)
        if len(self._fields.findings) == before:
            self._read[first] = node

    def _filled(self, place: Place) -> Node | None:
        """The node that stands there, None where it is not like one that was read."""
        like = self._like.get(place)
        node = self._read.get(like[0]) if like else None
        if like is None or node is None:
            return None
        if like[0] not in self._quoted:
            self._quoted[like[0]] = quoted_options(node.written.value)
        paths = self._quoted[like[0]]
        if paths is None:
            return None
        options = node.options
        for path, text in zip(paths, like[1], strict=True):
            options = _filled_in(options, path, text)
        self._read[place] = node = node._replace(options=options)
        return node

    def _several(self, name: str, key: Scalar, value: Mapping) -> None:
        if self._each is None:
            from iomt.language.each import Each

            self._each = Each(self._fields)
        made = self._each.expand(key, value)
        if made is None:
            self._broken.add(name)
            return
        self.entries[name] = []
        read: dict[int, Node | None] = {}
        for each, inner in made.items():
            if id(inner) not in read:  # without placeholders all are the same
                read[id(inner)] = read_node(self._fields, name, key, inner, NODE)
            node = read[id(inner)]
            if node is None:
                self._broken.add(name)
            else:
                self.entries[name].append(each)
                self._add(each, node._replace(name=each), key)

    def _add(self, name: str, node: Node, key: Scalar) -> None:
        if name in self.nodes:
            message = f"{node.entry} makes a node {name}, and there is another of that name"
            if self.nodes[name].entry != name:
                message = f"there is a node {name} already: {self.nodes[name].entry} makes it"
            self._fields.note("bad-each", message, key, "give one of the two another name")
        self.nodes[name] = node


def _filled_in(value: Any, path: Path, text: str) -> Any:
    """The same plain data with another text at one place."""
    if not path:
        return text
    made: Any = value.copy()
    made[path[0]] = _filled_in(made[path[0]], path[1:], text)
    return made


def _templates(fields: Fields, value: Value) -> "Templates":
    from iomt.language.templates import Templates

    return Templates(fields, value)


def _renamed(alike: Node, name: str, key: Scalar, value: Value, fields: Fields) -> Node:
    """The node of another name that is written like one that was read."""
    _, kind, _, device, model, revision, task, options, _, *placement = alike
    written: Written = tuple.__new__(Written, (fields.document, key, value))
    made = (name, kind, written, device, model, revision, task, options, key.text, *placement)
    return tuple.__new__(Node, made)
