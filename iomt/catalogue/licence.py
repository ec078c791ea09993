"""What a model's card says of its licence: the front matter of the README beside the model."""

import re

CARD = "README.md"
_FRONT = r"(?sm)\A\ufeff?---[ \t]*\r?\n(.*?)^---"
_RESERVED = r"(?i)(?:^|[-_ ])(?:nc|non-?commercial|research|amlr)(?:$|[-_ ])"
"""In a licence's identifier: Creative Commons' NC, and those for research alone."""


def licence_in_card(text: str) -> str:
    """The licence's identifier, such as ``apache-2.0``; empty where the card names none.

    The front matter is YAML; only its lines about the licence are looked at, because a whole reader
    would cost `iomt check` more than the rest of the model's folder.
    """
    front = re.match(_FRONT, text)
    lines = front[1] if front else ""
    licence = _value(lines, "license")
    # "other" is the hub's word for a licence that it has no identifier for; its name stands beside.
    return (_value(lines, "license_name") or licence) if licence == "other" else licence


def is_non_commercial(licence: str) -> bool:
    """Whether the identifier says that the model is not for commercial use."""
    return re.search(_RESERVED, licence) is not None


def _value(lines: str, key: str) -> str:
    """A scalar, or the first item of a list."""
    found = re.search(rf"^{key}:[ \t]*(?:\[|\r?\n[ \t]*-)?[ \t]*([^\s,\]#]+)", lines, re.MULTILINE)
    return found[1].strip("\"'") if found else ""
