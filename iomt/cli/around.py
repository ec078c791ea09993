"""`--with PART=VALUE,KEY=VALUE`: parts around a graph, as text."""

import argparse
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iomt.targets.kubernetes.around.asked import Asked

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_FORMS = {
    "HOST": _HOST,
    "NAMESPACE": _NAME,
    "NODE": _NAME,
    "class": _NAME,
    "issuer": _NAME,
    "gateway": re.compile(rf"({_NAME.pattern}/)?{_NAME.pattern}"),
    "pause": re.compile(r"[1-9][0-9]*[smh]"),
}


def asked(text: str) -> "Asked":
    """A part that was asked for. Raises argparse.ArgumentTypeError with what is known."""
    from iomt.targets.kubernetes.around.asked import PARTS, Asked

    head, *rest = text.split(",")
    name, _, value = head.partition("=")
    part = PARTS.get(name)
    if part is None:
        raise argparse.ArgumentTypeError(f"{name!r} is none of the parts {', '.join(PARTS)}")
    written = f"{name}={part.value}" if part.value else name
    form = ",".join([written, *(f"{key}=..." for key in part.keys)])
    more = dict(each.partition("=")[::2] for each in rest)
    wrong = not part.value if value else part.value and part.required
    if wrong or not more.keys() <= set(part.keys) or not more.keys() >= set(part.needs):
        raise argparse.ArgumentTypeError(f"{text!r} is not written {form}")
    for what, each in ((part.value, value), *more.items()):
        if (pattern := _FORMS.get(what)) and each and not pattern.fullmatch(each):
            raise argparse.ArgumentTypeError(f"{each!r} is no {what.lower()}")
    return Asked(name, _key(value) if part.value == "PUBLIC_KEY_FILE" else value, more)


def _key(path: str) -> str:
    """The public key itself, which stands in the policy."""
    from pathlib import Path

    try:
        key = Path(path).read_text("ascii")
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error}") from error
    if "BEGIN PUBLIC KEY" not in key or "PRIVATE" in key:
        raise argparse.ArgumentTypeError(f"{path} is no public key as `cosign public-key` prints it")
    return key
