"""References to secrets inside options: ``{secret: NAME}`` or ``{secret: NAME/KEY}``.

Settings carry the reference, never the text. That lies in the device's credentials folder, one file a key,
as a Secret of Kubernetes is mounted.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

KEY = "value"
"""The key of a reference that names none."""
FOLDER = "secrets"
"""Inside the credentials folder, with a folder for each name."""
HOW = "write secret: NAME or secret: NAME/KEY, a name of a-z, 0-9, - and ."
_REFERENCE = r"([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?:/([A-Za-z0-9._-]{1,253}))?"
PATTERN = rf"^{_REFERENCE}$"


class Reference(NamedTuple):
    """One key of one secret."""

    name: str
    key: str

    @property
    def file(self) -> str:
        """Where its text is, inside the credentials folder."""
        return f"{FOLDER}/{self.name}/{self.key}"

    def __str__(self) -> str:
        return self.name if self.key == KEY else f"{self.name}/{self.key}"


def is_reference(value: object) -> bool:
    """Whether it is meant as one: a map with the one key ``secret``."""
    return isinstance(value, dict) and len(value) == 1 and "secret" in value


def reference(value: object) -> Reference | None:
    """What a value refers to, None where it is no reference or a wrong one."""
    if not isinstance(value, dict) or value.keys() != {"secret"}:
        return None
    text = value["secret"]
    match = re.fullmatch(_REFERENCE, text) if isinstance(text, str) else None
    if not match or match[2] in (".", ".."):
        return None
    return Reference(match[1], match[2] or KEY)


def references(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value inside that is meant as a reference, with its place."""
    if is_reference(value):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from references(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from references(inner, (*path, number))
