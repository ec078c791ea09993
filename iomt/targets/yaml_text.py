"""Plain data as YAML that every reader understands alike: YAML 1.1 and 1.2, one text for one value.

Own printing and not PyYAML's, because `on`, `1.10` and `0o7` are quoted here whatever a reader would
make of them, settings stand as the lines they have, and it is ten times as fast.
"""

import re
from functools import lru_cache
from typing import TypeAlias

from iomt.language.quoted import quoted, stands_as_lines

Value: TypeAlias = "str | int | bool | list[Value] | dict[str, Value] | None"
"""What can be printed. No floats: Kubernetes writes quantities as text."""

_PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9_./:-]*[A-Za-z0-9_./-])?")
"""What no reader takes for anything but text, but for the words below."""
_OF_LINES = b"\n" + bytes(range(ord(" "), ord("~") + 1))
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def document(value: dict[str, Value]) -> str:
    """One document without a `---`; keys in the order they have; ends with a newline."""
    if not value:
        return "{}\n"
    lines: list[str] = []
    _mapping(value, 0, lines)
    return "\n".join(lines) + "\n"


def sequence(items: list[Value]) -> str:
    """A document that is a list with something in it."""
    lines: list[str] = []
    _sequence(items, 0, lines)
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=2**16)
def scalar(text: str) -> str:
    """A text on one line, quoted unless every reader takes it for text as it is."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return quoted(text)


def text_value(text: str, indent: int) -> str:
    """A text as it stands behind its key or its dash, in a mapping or sequence at this indent."""
    if "\n" not in text or not (_are_plain_lines(text) or stands_as_lines(text)):
        return scalar(text)
    pad = "\n" + " " * (indent + 2)
    body = text.removesuffix("\n")
    lines = re.sub("\n(?!\n)", pad, body) if "\n\n" in body else body.replace("\n", pad)
    return f"{'|' if text.endswith(chr(10)) else '|-'}{pad}{lines}"


def _are_plain_lines(text: str) -> bool:
    """Whether it surely stands as lines, told in a tenth of the time: JSON does, for example."""
    edges = text[0] > " " and text.removesuffix("\n")[-1:] > " "
    return edges and "\n" in text[:-1] and text.isascii() and not text.encode().translate(None, _OF_LINES)


def _mapping(mapping: dict[str, Value], indent: int, lines: list[str]) -> None:
    pad = " " * indent
    for key, value in mapping.items():
        if isinstance(value, str) and "\n" not in value:  # most values are a word
            lines.append(f"{pad}{scalar(key)}: {scalar(value)}")
        elif isinstance(value, dict) and value:
            lines.append(f"{pad}{scalar(key)}:")
            _mapping(value, indent + 2, lines)
        elif isinstance(value, list) and value:
            lines.append(f"{pad}{scalar(key)}:")
            _sequence(value, indent, lines)
        else:
            _leaf(f"{pad}{scalar(key)}:", value, indent, lines)


def _sequence(items: list[Value], indent: int, lines: list[str]) -> None:
    head = " " * indent + "-"
    for item in items:
        start = len(lines)
        if isinstance(item, str) and "\n" not in item:
            lines.append(f"{head} {scalar(item)}")
            continue
        if isinstance(item, dict) and item:
            _mapping(item, indent + 2, lines)
        elif isinstance(item, list) and item:
            _sequence(item, indent + 2, lines)
        else:
            _leaf(head, item, indent, lines)
            continue
        lines[start] = f"{head} {lines[start][indent + 2 :]}"


def _leaf(head: str, value: Value, indent: int, lines: list[str]) -> None:
    lines.append(f"{head} {text_value(value, indent) if isinstance(value, str) else _inline(value)}")


def _inline(value: int | list[Value] | dict[str, Value] | None) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict() if not value:
            return "{}"
        case list() if not value:
            return "[]"
    raise TypeError(f"{type(value).__name__} has no place in a manifest: {value!r}")
