"""The shorthand of links: ``a -> b``, ``a.frames -> b -> c``, ``[a, b] -> c -> [d, e]``."""

import re
from typing import NamedTuple

ARROW = "->"
_END = r"[\w-]+(?:\.[\w-]+)?"
_HOW = 'write node -> node, or lists such as "[a, b] -> c"'


class BadArrow(ValueError):
    """A text that is no link: ``length`` characters from ``offset`` are what is wrong."""

    def __init__(self, message: str, offset: int, length: int, help_text: str = _HOW) -> None:
        super().__init__(message)
        self.message, self.offset, self.length, self.help = message, offset, length, help_text


class Word(NamedTuple):
    """``node`` or ``node.port`` and where it stands inside the text."""

    text: str
    offset: int


def read_arrow(text: str) -> list[list[Word]]:
    """The stages of a chain, at least two, each with the ends that stand in it.

    Raises `BadArrow`.
    """
    parts = text.split(ARROW)
    if len(parts) == 1:
        raise BadArrow("a link needs an arrow, ->", 0, len(text), _spelling(text))
    stages, at = [], 0
    for number, part in enumerate(parts):
        if not part.strip():
            side = "before" if number == 0 else "after"
            arrow = at if number == 0 else at - len(ARROW)
            raise BadArrow(f"a node is missing {side} this arrow", arrow + len(part) * (number == 0), 2)
        stages.append(read_stage(part, at))
        at += len(part) + len(ARROW)
    return stages


def read_stage(text: str, at: int = 0) -> list[Word]:
    """One end or a list of ends in brackets; ``at`` is where the text itself begins.

    Raises `BadArrow`.
    """
    stripped = text.strip()
    start = at + len(text) - len(text.lstrip())
    if not stripped.startswith("["):
        return [_word(stripped, start)]
    if not stripped.endswith("]") or len(stripped) == 1:
        raise BadArrow("this [ is never closed", start, 1)
    words, offset = [], start + 1
    for item in stripped[1:-1].split(","):
        name = item.strip()
        if not name:
            raise BadArrow("a name is missing in this list", start, len(stripped))
        words.append(_word(name, offset + len(item) - len(item.lstrip())))
        offset += len(item) + 1
    return words


def _word(text: str, offset: int) -> Word:
    if re.fullmatch(_END, text):
        return Word(text, offset)
    if text.endswith("]"):
        raise BadArrow("this ] has no [", offset + len(text) - 1, 1)
    if len(text.split()) > 1:
        help_text = 'write several as a list: "[a, b] -> c"'
        raise BadArrow(f"`{text}` is not one name", offset, len(text), help_text)
    raise BadArrow(f"`{text}` is not the name of a node, or node.port", offset, max(len(text), 1))


def _spelling(text: str) -> str:
    for wrong in ("=>", "- >", "→", "-->", ">"):
        if wrong in text:
            return f"the arrow is written ->, not {wrong}"
    return _HOW
