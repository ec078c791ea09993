"""Passwords in what is printed: a finding goes to logs and to the pages of a CI, where many read it."""

import re

URL_PASSWORD = r'://[^\s/?#:@"]{0,500}:((?:[^\s/?#"]{1,500}|(?!\d{1,9}[/?#])[^\s"]{1,500}?))@'
"""The first group is the password in ``scheme://user:password@host``; one with ``/`` is seen as well.

Bounded, so that a line of a megabyte is looked through in time that grows with its length.
"""

_NAMED = (
    r"(?i)(?:\b|[-_])(?:password|passwd|passphrase|token|credentials?|(?:api|access|private|secret)[-_]?key)"
    r"[\"']?\s*:\s+(?P<value>\"(?:[^\"\\]|\\.)*\"?|'(?:[^']|'')*'?|[^\s{\[|>\"'#][^\n]*)"
)
_PARTS = ("pass", "token", "credential", "key")
"""One of them is in every such name; looking for the names themselves takes fifty times as long."""
_END_OF_PLAIN = r"\s+#|\s*$"
_END_IN_FLOW = r"\s*[,}\]]|\s+#|\s*$"


def masked(text: str) -> str:
    """The text with stars, as many as there were characters, for the passwords of URLs."""
    return re.sub(URL_PASSWORD, _url_starred, text) if "://" in text else text


def masked_line(line: str) -> str:
    """The same for a line of YAML, and for values of keys such as ``password`` and ``token``."""
    line = masked(line)
    lower = line.lower()
    return re.sub(_NAMED, _value_starred, line) if any(part in lower for part in _PARTS) else line


def stars(text: str, start: int, end: int) -> str:
    """The text with stars from ``start`` to ``end``."""
    return text[:start] + "*" * len(text[start:end]) + text[end:]


def _url_starred(found: "re.Match[str]") -> str:
    start = found.start()
    return stars(found[0], found.start(1) - start, found.end(1) - start)


def _value_starred(found: "re.Match[str]") -> str:
    value, end = found["value"], len(found["value"])
    if value[0] not in "\"'":
        before = found.string[: found.start()]
        in_flow = before.count("{") > before.count("}")
        past = re.search(_END_IN_FLOW if in_flow else _END_OF_PLAIN, value)
        end = past.start() if past else end
    at = found.start("value") - found.start()
    return stars(found[0], at, at + end)
