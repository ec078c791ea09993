"""One declaration file to a `Device`."""

from pathlib import Path
from typing import cast

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.declaration_keys import DECLARATION, INPUT, OUTPUT, SPEC
from iomt.catalogue.declared_model import read_model_facts
from iomt.catalogue.tasks import TASKS
from iomt.contract.settings import Delivery
from iomt.diagnostics.finding import Finding
from iomt.language.document import Mapping, Scalar, Value, plain_value
from iomt.language.fields import Fields, sequence_items
from iomt.language.graph import Kind
from iomt.language.keys import KIND_SPELLINGS
from iomt.language.reader import read_document
from iomt.language.shape import Key, Shape
from iomt.language.source import SourceText, read_source

BAD = "bad-declaration"


def read_device(path: str) -> tuple[Device | None, list[Finding], SourceText]:
    """The declaration of one file, None where it has errors."""
    source, findings = read_source(path)
    if not source.text.strip():
        return None, findings, source
    document, syntax = read_document(source)
    if document is None:
        return None, findings + syntax, source
    reader = _DeviceReader(Fields(document), Path(path).stem)
    device = reader.read(document.root)
    every = findings + syntax + reader.fields.findings
    return (None if every else device), every, source


class _DeviceReader:
    def __init__(self, fields: Fields, expected_name: str) -> None:
        self.fields = fields
        self._expected_name = expected_name

    def read(self, root: Value) -> Device | None:
        top = self.fields.take(root, DECLARATION, "the declaration", root)
        keys = DECLARATION.by_name
        if "apiVersion" in top:
            self.fields.choice(top["apiVersion"], keys["apiVersion"], "unknown-version")
        kind = (
            self.fields.choice(top["kind"], keys["kind"], "unknown-kind", KIND_SPELLINGS)
            if "kind" in top
            else None
        )
        self._check_name(top)
        if "spec" not in top or kind is None:
            return None
        spec = self.fields.take(top["spec"], SPEC, "spec", top["spec"])
        texts = {
            name: self._text(spec, SPEC.by_name[name])
            for name in ("summary", "runtime", "listens", "model", "revision", "licence")
        }
        self._check_runtime(spec, texts["runtime"], top["spec"])
        return Device(
            name=self._expected_name,
            kind=cast(Kind, kind),
            summary=texts["summary"],
            runtime=texts["runtime"],
            accepts=self._ports(spec.get("accepts"), INPUT),
            produces=self._ports(spec.get("produces"), OUTPUT),
            options=self._schema(spec.get("options")),
            paths=self._texts(spec, SPEC.by_name["paths"]),
            listens=texts["listens"],
            needs=self._texts(spec, SPEC.by_name["needs"]),
            model=texts["model"],
            task=self._task(spec),
            labels=self._texts(spec, SPEC.by_name["labels"]),
            revision=texts["revision"],
            licence=texts["licence"],
            model_span=self.fields.span(spec["model"]) if "model" in spec else None,
            **read_model_facts(self.fields, spec),
        )

    def _check_runtime(self, spec: dict[str, Value], runtime: str, at: Value) -> None:
        if "runtime" not in spec and self._task(spec) not in TASKS:
            help_text = "add runtime: mine.cameras:Mine, or for an analyzer a task that iomt knows"
            self.fields.note("missing-key", "spec has no runtime", at, help_text)
        elif "runtime" not in spec and "options" in spec:
            message = "options are those of a program, and spec has no runtime"
            self.fields.note(BAD, message, spec["options"], "remove them: the task's own device has options")
        elif ":" not in runtime and "runtime" in spec:
            message = "runtime must be module:Class"
            self.fields.note(BAD, message, spec["runtime"], "such as mine.cameras:Mine")

    def _check_name(self, top: dict[str, Value]) -> None:
        if "metadata" not in top:
            return
        shape = DECLARATION.by_name["metadata"].shape
        assert shape is not None
        metadata = self.fields.take(top["metadata"], shape, "metadata", top["metadata"])
        value = metadata.get("name")
        if isinstance(value, Scalar) and value.text != self._expected_name:
            message = f"the device is called {value.text} and its file {self._expected_name}.yaml"
            self.fields.note(BAD, message, value, f"write name: {self._expected_name}, or rename the file")
        elif isinstance(value, Scalar):
            self.fields.name(value, "a device")

    def _text(self, spec: dict[str, Value], key: Key) -> str:
        return self.fields.text(spec[key.name], key) or "" if key.name in spec else ""

    def _task(self, spec: dict[str, Value]) -> str:
        """Empty is allowed: a device whose model tells."""
        value = spec.get("task")
        return value.text if isinstance(value, Scalar) else ""

    def _texts(self, taken: dict[str, Value], key: Key) -> tuple[str, ...]:
        if key.name not in taken:
            return ()
        texts = (self.fields.text(item, key) for item in sequence_items(taken[key.name]))
        return tuple(text for text in texts if text)

    def _ports(self, value: Value | None, shape: Shape) -> tuple[Port, ...]:
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self.fields.wrong_type(value, "ports", "a map from names to ports")
            return ()
        return tuple(self._port(key, inner, shape) for key, inner in value.entries)

    def _port(self, key: Scalar, value: Value, shape: Shape) -> Port:
        taken = self.fields.take(value, shape, f"port {key.text}", key)
        media = self._texts(taken, shape.by_name["media"])
        for each in media:
            if len(each.split("/")) != 2:
                self.fields.note(BAD, f"{each} is no media type", taken["media"], "such as image/jpeg")
        delivery = None
        if "delivery" in taken:
            delivery = self.fields.choice(taken["delivery"], shape.by_name["delivery"])
        like = self._text(taken, shape.by_name["like"]) if "like" in taken else ""
        return Port(key.text, media, cast(Delivery, delivery or "latest"), like)

    def _schema(self, value: Value | None) -> dict[str, object]:
        if value is None:
            return {"type": "object", "additionalProperties": False}
        schema = plain_value(value)
        if not isinstance(schema, dict):
            self.fields.wrong_type(value, "options", "a JSON Schema")
            return {}
        return schema
