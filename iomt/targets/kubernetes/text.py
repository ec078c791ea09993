"""Rendered objects as one text. The first line of every file says whose it is."""

from collections.abc import Iterator

from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.place import BROKER, BROKER_PORT, STORE, STORE_PORT
from iomt.targets.yaml_text import document, scalar


def mark(rendered: Rendered) -> str:
    """The first line of every file of this graph: how a later `iomt compile` knows its own."""
    return f"# iomt compile: graph {rendered.plan.graph}\n"


def one_text(rendered: Rendered) -> str:
    """Everything as one YAML stream."""
    documents = (document(each.body) for each in rendered.manifests)
    return mark(rendered) + expected(rendered) + "".join(f"---\n{text}" for text in documents)


def images(rendered: Rendered) -> list[str]:
    """Every image that the pods run, in order of names."""
    found: set[str] = set()
    for each in rendered.manifests:
        pod = each.body.get("spec", {}).get("template", {}).get("spec", {})
        found |= {container["image"] for container in pod.get("containers", ())}
    return sorted(found)


def expected(rendered: Rendered) -> str:
    """What has to be there beside the objects, as comments."""
    lines = [
        "Changes made here are lost when it is compiled again. What must be there and is not made here:",
        *(f"- {line}" for line in _needs(rendered)),
    ]
    return "".join(f"# {line}\n" for line in lines)


def _needs(rendered: Rendered) -> Iterator[str]:
    plan = rendered.plan
    choices = rendered.choices
    namespace = f"namespace {choices.namespace}"
    external = choices.platform == "external"
    if external and any(device.broker for device in plan.devices):
        yield f"a NATS server with JetStream, as Service {BROKER} in {namespace}, port {BROKER_PORT}"
    if external and any(device.store for device in plan.devices):
        yield f"an S3 object store, as Service {STORE} in {namespace}, port {STORE_PORT}"
    for name, keys in rendered.accounts.items():
        told = (f"{key} ({scalar(value)})" if value else key for key, value in keys.items())
        yield f"a Secret {name} in {namespace} with the keys {', '.join(told)}"
    yield f"{', '.join(images(rendered))}, on the nodes or in a registry that they reach"
    for path, readers in rendered.files.items():
        yield f"in the image or a volume: {scalar(path)}, for {', '.join(readers)}"
