"""Values against the description of their keys: what is not as described becomes a finding."""

import re
from collections.abc import Callable
from functools import lru_cache

from iomt.contract.quantity import BadQuantity, bandwidth, cores, per_second, seconds, share, size
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.language.document import Document, Mapping, Scalar, Sequence, Value, kind_of, scalar_value
from iomt.language.keys import LONGEST_NAME
from iomt.language.shape import Key, Shape
from iomt.language.suggest import nearest, one_of

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NOT_IN_LABEL = r"[^a-z0-9]+"
_HOW = {
    "text": "text",
    "name": "text",
    "choice": "text",
    "map": "a map",
    "named": "a map",
    "free": "a map",
    "list": "a list",
    "rate": "a rate such as 5/s",
    "buffer": "a number of messages or a size such as 2Gi",
    "ends": "the name of a node",
    "number": "a number",
    "flag": "true or false",
    "count": "a whole number",
    "cores": "a number of cores such as 2 or 500m",
    "size": "a size such as 512Mi",
    "duration": "a length of time such as 500ms",
    "bandwidth": "a bandwidth such as 20Mbit/s",
    "share": "a share such as 70%",
    "labels": "a map",
    "count-or-map": "a whole number or a map",
    "each": "a list, a range or a map",
    "kinds": "a map",
}
_QUANTITIES: dict[str, tuple[Callable[[str], float], str, str]] = {
    "rate": (per_second, "such as 5/s", "/s"),
    "size": (size, "such as 8Gi", ""),
    "duration": (seconds, "such as 500ms", ""),
    "bandwidth": (bandwidth, "such as 20Mbit/s", ""),
    "share": (share, "such as 70%", "%"),
    "cores": (cores, "such as 500m", ""),
}
"""How a type is read, an amount of it, and the unit that a bare number surely meant."""
_MOST = 2**63


def fits_as_name(text: str) -> bool:
    """Whether a text is a DNS-1123 label that leaves room for what is derived from it."""
    return len(text) <= LONGEST_NAME and _LABEL.fullmatch(text) is not None


class Fields:
    """Reads the values of one document and notes findings."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def span(self, value: Value) -> Span:
        """Where a value stands."""
        return self.document.span(value)

    def note(
        self,
        rule: str,
        message: str,
        value: Value,
        help_text: str = "",
        related: tuple[Related, ...] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Add a finding at a value."""
        self.findings.append(Finding(rule, message, self.span(value), help_text, related, severity))

    def take(self, value: Value, shape: Shape, owner: str, at: Value) -> dict[str, Value]:
        """The values of a map's known keys.

        ``owner`` is what messages call the map; ``at`` is where a missing key is noted.
        """
        if not isinstance(value, Mapping):
            self.wrong_type(value, owner, "a map", f"its keys are {one_of(shape.known)}")
            return {}
        taken = {}
        misspelt = set()
        by_name = shape.by_name
        for key, inner in value.entries:
            known = by_name.get(key.text)
            if known is None:
                misspelt.add(self._unknown(key, shape, owner))
            else:
                taken[key.text] = inner
        for name in shape.required:
            if name not in taken and name not in misspelt:
                example = _example(by_name[name])
                self.note("missing-key", f"{owner} has no {name}", at, f"add {example}" if example else "")
        return taken

    def meant(self, value: Mapping, shape: Shape) -> set[str | None]:
        """The known keys that a map's unknown ones are likely to mean."""
        return {nearest(key.text, shape.known) for key, _ in value.entries if key.text not in shape.by_name}

    def text(self, value: Value, key: Key) -> str | None:
        """Text that is not empty."""
        if isinstance(value, Scalar):
            plain = scalar_value(value)
            if isinstance(plain, str) and plain.strip():
                return plain
        self._not(value, key)
        return None

    def choice(
        self, value: Value, key: Key, rule: str = "bad-value", spellings: dict[str, str] | None = None
    ) -> str | None:
        """One of the key's choices."""
        text = self.text(value, key)
        if text is None or text in key.choices:
            return text
        if spellings and text in spellings:
            return spellings[text]
        message = f"{key.name} cannot be {text}"
        near = nearest(text, key.choices)
        if len(key.choices) == 1:
            expected = f"write {key.choices[0]}"
        else:
            expected = f"did you mean {near}? " * bool(near) + f"it is {one_of(key.choices)}"
        self.note(rule, message, value, expected)
        return None

    def name(self, value: Scalar, what: str) -> str:
        """A DNS-1123 label; the text as it is even where it is none."""
        text = value.text
        if fits_as_name(text):
            return text
        from unicodedata import normalize

        letters = normalize("NFKD", text).encode("ascii", "ignore").decode()  # wächter -> wachter
        better = re.sub(_NOT_IN_LABEL, "-", letters.lower())[:LONGEST_NAME].strip("-")
        message = f"{text} cannot be the name of {what}"
        expected = f"a name has a-z, 0-9 and - inside, at most {LONGEST_NAME} characters"
        self.note("bad-name", message, value, f"write {better}; {expected}" if better else expected)
        return text

    def quantity(self, value: Value, key: Key) -> float | None:
        """An amount above 0 of the key's type: per second, bytes, seconds, bytes/s, cores, or a share."""
        read, such_as, unit = _QUANTITIES[key.type]
        found = scalar_value(value) if isinstance(value, Scalar) else None
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if isinstance(found, str) or (is_number and key.type == "cores"):
            return self._amount(value, read, str(found), such_as)
        if is_number:
            help_text = f"write {found}{unit}" if unit else f"write for example {_example(key)}"
            self.note("bad-quantity", f"{key.name} {found} has no unit", value, help_text)
        else:
            self._not(value, key)
        return None

    def count(self, value: Value, key: Key) -> int | None:
        """A whole number, at least what the key says."""
        found = scalar_value(value) if isinstance(value, Scalar) else None
        if not isinstance(found, int) or isinstance(found, bool):
            self._not(value, key)
        elif key.least <= found < _MOST:
            return found
        else:
            self.note("bad-quantity", f"{key.name} cannot be {found}", value, f"write at least {key.least}")
        return None

    def labels(self, value: Value, key: Key) -> dict[str, str]:
        """A map of texts."""
        if not isinstance(value, Mapping):
            self._not(value, key)
            return {}
        taken = {}
        for name, inner in value.entries:
            if isinstance(inner, Scalar) and isinstance(scalar_value(inner), str):
                taken[name.text] = inner.text
            else:
                quoted = f'put it in quotes: {name.text}: "{inner.text}"' if isinstance(inner, Scalar) else ""
                self.wrong_type(inner, name.text, "text", quoted)
        return taken

    def buffer(self, value: Value, key: Key) -> tuple[int, bool] | None:
        """How much waits, and whether it is in bytes (else messages)."""
        found = scalar_value(value) if isinstance(value, Scalar) else None
        if isinstance(found, int) and not isinstance(found, bool):
            if 0 < found < _MOST:
                return found, False
            self.note("bad-quantity", f"{key.name} cannot be {found}", value, "write at least 1")
        elif isinstance(found, str):
            amount = self._amount(value, size, found, "such as 2Gi")
            return None if amount is None else (int(amount), True)
        else:
            self._not(value, key)
        return None

    def wrong_type(self, value: Value, owner: str, expected: str, help_text: str = "") -> None:
        """Note that a value is not what is expected."""
        self.note("wrong-type", f"{owner} must be {expected}, found {kind_of(value)}", value, help_text)

    def _amount(self, value: Value, read: Callable[[str], float], text: str, such_as: str) -> float | None:
        try:
            amount = read(text)
        except BadQuantity as error:
            self.note("bad-quantity", error.found, value, error.cure)
            return None
        if not 0 < amount < _MOST:
            self.note("bad-quantity", f"{text} is out of range", value, f"write an amount {such_as}")
            return None
        return amount

    def _not(self, value: Value, key: Key) -> None:
        expected = one_of(key.choices) if key.choices else _HOW[key.type]
        found = scalar_value(value) if isinstance(value, Scalar) else value
        help_text = _example(key)
        if found is None:
            help_text = f"write {help_text}, or remove the key" if help_text else "remove the key"
        elif isinstance(value, Scalar) and not isinstance(found, str) and key.type == "text":
            help_text = f'put it in quotes: {key.name}: "{value.text}"'
        elif help_text:
            help_text = f"write for example {help_text}"
        self.wrong_type(value, key.name, expected, help_text)

    def _unknown(self, key: Scalar, shape: Shape, owner: str) -> str | None:
        """The key that was meant, as far as can be told: it is not missing too."""
        near = nearest(key.text, shape.by_name)
        help_text = f"did you mean {near}?" if near else _keys_of(shape)
        self.note("unknown-key", f"{owner} has no key {key.text}", key, help_text)
        return near


@lru_cache(maxsize=64)
def _keys_of(shape: Shape) -> str:
    return f"{shape.what} has the key{'s' * (len(shape.known) > 1)} {one_of(shape.known, 'and')}"


def _example(key: Key) -> str:
    shown = key.examples[0] if key.examples else key.choices[0] if len(key.choices) == 1 else ""
    if not shown and key.choices:
        return f"{key.name}: {' | '.join(key.choices)}"
    return f"{key.name}: {shown}" if shown else f"{key.name}:" if key.type in ("map", "named") else ""


def sequence_items(value: Value) -> list[Value]:
    """The items of a list; a single value stands for a list of one."""
    return value.items if isinstance(value, Sequence) else [value]
