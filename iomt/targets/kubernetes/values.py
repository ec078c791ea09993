"""The values of a Helm chart, with what each is."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from iomt.targets.yaml_text import scalar

if TYPE_CHECKING:
    from iomt.targets.kubernetes.helm import Knobs

_HEAD = """\
# Whether the chart makes the namespace that all of its objects live in.
createNamespace: true
# Programs of the pods: what runs devices, what runs models, the broker, the object store.
images:
"""


def values_text(
    images: Mapping[str, str], found: Mapping[str, "Knobs"], schemas: Mapping[str, Mapping[str, Any]]
) -> str:
    """``schemas`` describe the options of each node, by their names."""
    lines = [f"  {part}: {scalar(image)}" for part, image in sorted(images.items())]
    nodes = [line for name, knobs in found.items() for line in _node(name, knobs, schemas[name])]
    head = "# Nodes of the graph. What is not here follows from more than a value: change the graph for it.\n"
    rest = f"{head}nodes:\n" + "".join(f"{line}\n" for line in nodes) if nodes else f"{head}nodes: {{}}\n"
    return _HEAD + "".join(f"{line}\n" for line in lines) + rest


def _node(name: str, knobs: "Knobs", schemas: Mapping[str, Any]) -> Iterator[str]:
    if knobs.replicas is None and not knobs.options:
        return
    yield f"  {scalar(name)}:"
    if knobs.replicas is not None:
        yield "    # How many of it run."
        yield f"    replicas: {knobs.replicas}"
    if knobs.options:
        yield "    options:"
        for option, value in knobs.options.items():
            if told := schemas.get(option, {}).get("description"):
                yield f"      # {' '.join(told.split())}"
            yield f"      {scalar(option)}: {json.dumps(value, ensure_ascii=False)}"
