"""An analyzer's declaration as the text of its file."""

from iomt.catalogue.declaration import Device
from iomt.language.keys import API_VERSION
from iomt.targets.yaml_text import Value, document

_HEAD = (
    "# What `iomt devices add` read of the model. Yours to change; ports, options and program are\n"
    "# those of the task: `iomt devices show {name}`.\n"
)


def declaration_text(device: Device) -> str:
    """YAML; what is not known is left out."""
    spec: dict[str, Value] = {
        "summary": device.summary,
        "model": device.model,
        "revision": device.revision,
        "task": device.task,
        "licence": device.licence,
        "input": {name: value for name, value in device.input._asdict().items() if value},
        "weights": {name: value for name, value in device.weights._asdict().items() if value},
        "custom_code": device.custom_code,
        "labels": list(device.labels),
    }
    whole: dict[str, Value] = {
        "apiVersion": API_VERSION,
        "kind": device.kind,
        "metadata": {"name": device.name},
        "spec": {key: value for key, value in spec.items() if value},
    }
    return _HEAD.format(name=device.name) + document(whole)
