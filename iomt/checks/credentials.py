"""Where passwords and the like stand in options, as they are written."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from iomt.contract.secret import is_reference
from iomt.diagnostics.masking import URL_PASSWORD
from iomt.language.graph import Node
from iomt.language.written import Path

_NAME = (
    r"(?i)(?:.*[-_])?(?:password|passwd|passphrase|secret|token|credentials?"
    r"|(?:api|access|private|secret)[-_]?key)"
)

_PARTS = ("pass", "secret", "token", "credential", "key")
"""One of them is in every such name."""


class Clear(NamedTuple):
    """A credential that anybody who has the graph can read.

    ``path`` is that of the option. ``offset`` and ``length`` are the password's characters in the text
    of a URL; a length of 0 means that the whole value is one, and its option is named for it.
    """

    path: Path
    offset: int = 0
    length: int = 0


def clear_credentials(node: Node) -> Iterator[Clear]:
    """In URLs, and in options whose name says what they are."""
    for key, value in node.options.items():
        yield from _in_value(value, (key,), is_credential_name(key))


def _in_value(value: Any, path: Path, is_named: bool) -> Iterator[Clear]:
    """``is_named``: a key around the value says that it is a credential."""
    if isinstance(value, dict):
        if is_reference(value):
            return
        for key, inner in value.items():
            yield from _in_value(inner, (*path, key), is_named or is_credential_name(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _in_value(inner, (*path, number), is_named)
    elif is_named and _is_literal(value):
        yield Clear(path)
    elif isinstance(value, str) and "@" in value:
        found = re.search(URL_PASSWORD, value)
        if found:
            yield Clear(path, found.start(1), len(found[1]))


@lru_cache(maxsize=1024)
def is_credential_name(name: str | int) -> bool:
    """Whether an option of this name holds what only its owner should know."""
    if not isinstance(name, str) or not any(part in name.lower() for part in _PARTS):
        return False  # most graphs need not even compile the expression
    return re.fullmatch(_NAME, name) is not None


def _is_literal(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and bool(str(value).strip())
