"""Objects that differ in a few words alone: built and printed once, and filled in for each.

A graph of a thousand nodes has a handful of forms of pods. What builds an object is given holes instead of
what is a node's own (`hole`), as it would be given the words; so there is one way to build it, and text and
body are both its outcome with the words put in.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from iomt.targets.kubernetes.manifest import Body, Manifest, Owner
from iomt.targets.yaml_text import document, scalar, text_value

_MARK = "\0"
"""On both sides of a hole's name. No graph can have it: it is in no text of YAML or JSON."""
_BEFORE = re.compile(r" *(?:- )*")


def hole(name: str) -> str:
    """Stands for a word, alone or inside a text."""
    return f"{_MARK}{name}{_MARK}"


class Words(dict[str, str]):
    """What is put into the holes of the objects of one node: texts with holes to texts without."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words
        self.printed = _Printed(self)

    def __missing__(self, text: str) -> str:
        parts = text.split(_MARK)
        if len(parts) == 3:  # nearly always
            parts[1] = self._words[parts[1]]
        else:
            parts[1::2] = [self._words[name] for name in parts[1::2]]
        told = self[text] = "".join(parts)
        return told


class _Printed(dict[str, str]):
    """The same as they stand in YAML; empty for lines, which are printed by where they stand."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, text: str) -> str:
        told = self._words[text]
        printed = self[text] = "" if "\n" in told else scalar(told)
        return printed


class Pattern:
    """An object with holes in its texts (in its keys there are none)."""

    __slots__ = ("_holes", "_pieces", "body")

    def __init__(self, body: Body) -> None:
        self.body = body
        self._pieces: list[str] = []  # each second one is what stands in a hole
        self._holes: list[tuple[str, int]] = []
        text, end = document(body), 0
        printed = {scalar(each): each for each in _texts(body) if _MARK in each}
        for match in re.finditer("|".join(map(re.escape, printed)) or "$.", text):
            self._pieces += [text[end : match.start()], ""]
            indent = _indent(text, match.start())
            self._holes.append((printed[match[0]], indent))
            end = match.end()
        self._pieces.append(text[end:])

    def text(self, words: Words) -> str:
        """The object as YAML."""
        made, printed = self._pieces.copy(), words.printed
        made[1::2] = [printed[hole] or text_value(words[hole], indent) for hole, indent in self._holes]
        return "".join(made)

    def filled(self, words: Words) -> Body:
        """The object as data, nothing of which is another object's too."""
        made: Body = _filled(self.body, words)
        return made


class Alike(Manifest):
    """An object with a pattern. Its body is made when it is asked for."""

    __slots__ = ("_filled", "_pattern", "_words")

    def __init__(self, owner: Owner, pattern: Pattern, words: Words) -> None:
        self.owner = owner
        self.outline = pattern.body
        self._pattern = pattern
        self._words = words
        self._filled: Body | None = None

    @property
    def body(self) -> Body:
        """As plain data. From then on it is the outline too, since somebody may change it."""
        if self._filled is None:
            self.outline = self._filled = self._pattern.filled(self._words)
        return self._filled

    def told(self, text: str) -> str:
        """A text of the outline with the words in it."""
        return self._words[text] if _MARK in text else text

    @property
    def text(self) -> str:
        """As YAML; from the body where there is one, since somebody may have changed it."""
        return self._pattern.text(self._words) if self._filled is None else document(self._filled)


def _indent(text: str, start: int) -> int:
    """How far in the mapping or the sequence stands whose value begins at ``start``."""
    line = text.rfind("\n", 0, start) + 1
    before = _BEFORE.match(text, line, start)
    assert before
    return before.end() - line - (2 if before.end() == start else 0)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _filled(value: Any, words: Words) -> Any:
    if isinstance(value, str):
        return words[value] if _MARK in value else value
    if isinstance(value, dict):
        return {key: _filled(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, words) for inner in value]
    return value
