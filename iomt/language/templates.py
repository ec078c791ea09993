"""`templates`: what nodes of one kind, or with one device, have where they say nothing themselves."""

from iomt.diagnostics.finding import Severity
from iomt.language.document import Mapping, Scalar, Value
from iomt.language.fields import Fields
from iomt.language.keys import KIND_SPELLINGS, KINDS, TEMPLATE
from iomt.language.merged import merged, value_of
from iomt.language.suggest import cure


class Templates:
    """Those of one graph."""

    def __init__(self, fields: Fields, value: Value | None = None) -> None:
        self._fields = fields
        self._every: dict[str, Mapping] = {}
        self._keys: dict[str, Scalar] = {}
        self._used: set[str] = set()
        if isinstance(value, Mapping):
            for key, inner in value.entries:
                self._read(key, inner)
        elif value is not None:
            fields.wrong_type(value, "templates", "a map", "write for example MSensor: {site: hall}")

    def _read(self, key: Scalar, value: Value) -> None:
        name = KIND_SPELLINGS.get(key.text, key.text)
        known = self._fields.take(value, TEMPLATE, f"template {key.text}", key)
        if isinstance(value, Mapping):
            kept = [entry for entry in value.entries if entry[0].text in known]
            self._every[name] = Mapping(kept, value.start, value.end)
            self._keys[name] = key

    def apply(self, node: Value) -> Value:
        """The node on the template of its device, and that on the one of its kind."""
        if not self._every or not isinstance(node, Mapping):
            return node
        kind = _text(node, "kind")
        whole = self._on(KIND_SPELLINGS.get(kind, kind), node)
        device = _text(whole, "device")
        return merged(whole, self._on(device, node)) if device in self._every else whole

    def _on(self, name: str, node: Mapping) -> Mapping:
        template = self._every.get(name)
        if template is None:
            return node
        self._used.add(name)
        whole = merged(template, node)
        assert isinstance(whole, Mapping)
        return whole

    def note_unused(self, devices: set[str]) -> None:
        """Names that no node has: most likely misspelt. One of a kind may wait for its first node."""
        for name, key in self._keys.items():
            if name not in self._used and name not in KINDS:
                message = f"no node has the device {name}, so nothing is made by this template"
                otherwise = "a template is called like a kind, or like the device of a node"
                help_text = cure(name, [*KINDS, *sorted(devices)], otherwise)
                self._fields.note("unused-template", message, key, help_text, severity=Severity.WARNING)


def _text(node: Mapping, name: str) -> str:
    value = value_of(node, name)
    return value.text if isinstance(value, Scalar) else ""
