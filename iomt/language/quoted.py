"""Text in double quotes that YAML 1.1 and 1.2 read alike, and text that may stand as lines."""

import re
from functools import cache

_PRINTABLE = r"\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
"""Characters that may stand as they are; YAML 1.1 ends a line at U+0085, U+2028 and U+2029 too."""
_PRINTABLE_ASCII = r"\t\x20-\x7e"
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def quoted(text: str) -> str:
    """Any text in double quotes, on one line."""
    return f'"{_escaped(text.isascii()).sub(_escape, text)}"'


def stands_as_lines(text: str) -> bool:
    """Whether a literal block gives the text back: its first and last lines must have no white edge."""
    body = text.removesuffix("\n")
    return "\n" in body and body == body.strip() and _lines(text.isascii()).fullmatch(text) is not None


# Compiled when asked for: the tables for all of Unicode take as long as the start of Python.
@cache
def _escaped(is_ascii: bool) -> re.Pattern[str]:
    return re.compile(rf'[^{_PRINTABLE_ASCII if is_ascii else _PRINTABLE}]|[\\"\t]')


@cache
def _lines(is_ascii: bool) -> re.Pattern[str]:
    return re.compile(rf"[{_PRINTABLE_ASCII if is_ascii else _PRINTABLE}\n]+")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT:
        return _SHORT[char]
    number = ord(char)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
