"""Rendered objects as one text. The first line of every file says whose it is."""

from collections.abc import Iterator

from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.models import FETCHED, is_of_hub
from iomt.targets.kubernetes.place import BROKER, BROKER_PORT, HUB_SECRET, STORE, STORE_PORT
from iomt.targets.yaml_text import scalar

_OBJECTS = 32
"""In a piece."""


def mark(rendered: Rendered) -> str:
    """The first line of every file of this graph: how a later `iomt compile` knows its own."""
    return f"# iomt compile: graph {rendered.plan.graph}\n"


def one_text(rendered: Rendered) -> str:
    """Everything as one YAML stream."""
    return "".join(pieces(rendered))


def pieces(rendered: Rendered) -> Iterator[str]:
    """The same in pieces of some objects: ten megabytes at once, and again as bytes, are costly to hold."""
    yield mark(rendered) + expected(rendered)
    for start in range(0, len(rendered.manifests), _OBJECTS):
        yield "".join([f"---\n{each.text}" for each in rendered.manifests[start : start + _OBJECTS]])


def images(rendered: Rendered) -> list[str]:
    """Every image that the pods run, in order of names."""
    found: set[str] = set()
    seen: set[int] = set()
    for each in rendered.manifests:
        if id(each.outline) not in seen:  # many have the same
            seen.add(id(each.outline))
            pod = each.outline.get("spec", {}).get("template", {}).get("spec", {})
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
    yield from _models(rendered)
    yield f"{', '.join(images(rendered))}, on the nodes or in a registry that they reach"
    for path, readers in rendered.files.items():
        yield f"in the image or a volume: {scalar(path)}, for {', '.join(readers)}"


def _models(rendered: Rendered) -> Iterator[str]:
    choices, kept = rendered.choices, rendered.choices.models_kept
    names = list(dict.fromkeys(each.model for each in rendered.plan.devices if is_of_hub(each)))
    if not names:
        return
    if kept in ("claim", "image"):
        yield f"{kept} {scalar(choices.models.value)} with the models {', '.join(names)} as their hub's cache"
        return
    if access := FETCHED.get(kept):
        yield f"a default storage class with volumes that are {access}, for models of the hub"
    yield f"a Secret {HUB_SECRET} in namespace {choices.namespace} with the key token, if models are private"
