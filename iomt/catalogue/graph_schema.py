"""The JSON Schema of a graph: the keys of the language, and the options of every device."""

from typing import Any, cast

from iomt.catalogue.declaration import Device
from iomt.catalogue.load import Catalogue
from iomt.catalogue.resolve import ANY_MODEL
from iomt.catalogue.tasks import TASKS
from iomt.contract.quantity import DURATION_PATTERN
from iomt.language.key_schema import Schema, shape_schema
from iomt.language.keys import GRAPH, KIND_SPELLINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DURATION = "duration-quantity"


def graph_schema(catalogue: Catalogue) -> Schema:
    """What JSON Schema can say of a graph with these devices; `iomt check` says the rest."""
    every = [device for name in catalogue.names if (device := catalogue.device(name))]
    named = [device for device in every if device.kind != "MAnalyzer" or device.model]
    schema = shape_schema(GRAPH)
    nodes = schema["properties"]["spec"]["properties"]["nodes"]
    node = nodes["additionalProperties"]
    del nodes["additionalProperties"]
    node["properties"]["device"] |= {"anyOf": [_named(device) for device in named]}
    node["properties"]["task"] |= {"enum": sorted(_runnable())}
    whole: Schema = {"allOf": [_kinds(), *(_of_device(device) for device in named), *_of_models(every)]}
    # What templates and items add to a node, a schema cannot see.
    incomplete = dict(node)
    node |= {"if": {"not": {"required": ["each"]}}, "then": whole}
    schema["properties"]["spec"] |= {
        "if": {"required": ["templates"]},
        "then": _nodes("incomplete-node"),
        "else": _nodes("node"),
    }
    return {
        "$schema": DIALECT,
        "title": "A graph of media things",
        "description": "What `iomt check` reads; it checks more than a schema can say.",
        **schema,
        "$defs": {
            "node": node,
            "incomplete-node": incomplete,
            **{_key(device): _options(device) for device in every},
        },
    }


def _nodes(kind: str) -> Schema:
    return {"properties": {"nodes": {"additionalProperties": {"$ref": f"#/$defs/{kind}"}}}}


def _runnable() -> list[str]:
    return [name for name, task in TASKS.items() if task.runs]


def _named(device: Device) -> Schema:
    return {"const": device.name, "description": device.summary}


def _kinds() -> Schema:
    """An analyzer has a model or a device, all others have a device."""
    analyzer = {"properties": {"kind": {"enum": _spellings("MAnalyzer")}}, "required": ["kind"]}
    either = {"oneOf": [{"required": ["model"]}, {"required": ["device"]}]}
    other = {"required": ["device"], "properties": {"model": False}}
    return {"if": analyzer, "then": either, "else": other}


def _of_device(device: Device) -> Schema:
    then: Schema = {"properties": {"kind": {"enum": _spellings(device.kind)}, "options": _reference(device)}}
    if device.options.get("required"):
        then["required"] = ["options"]
    return {"if": {"properties": {"device": {"const": device.name}}, "required": ["device"]}, "then": then}


def _of_models(devices: list[Device]) -> list[Schema]:
    """A model has the options of its task, or those of any model where no task is written."""
    untold: Schema = {"required": ["model"], "not": {"required": ["task"]}}
    conditions = {
        ANY_MODEL: untold,
        **{
            task: {"properties": {"task": {"const": task}}, "required": ["model", "task"]}
            for task in _runnable()
        },
    }
    return [
        {"if": conditions[device.name], "then": {"properties": {"options": _reference(device)}}}
        for device in devices
        if device.name in conditions
    ]


def _spellings(kind: str) -> list[str]:
    return [kind, *(each for each, meant in KIND_SPELLINGS.items() if meant == kind)]


def _key(device: Device) -> str:
    return f"options-of-{device.name}"


def _reference(device: Device) -> Schema:
    return {"$ref": f"#/$defs/{_key(device)}"}


def _options(device: Device) -> Schema:
    """The device's own schema, its references pointing to where it stands now."""
    return cast(Schema, _moved(device.options, f"#/$defs/{_key(device)}"))


def _moved(schema: Any, place: str) -> Any:
    if isinstance(schema, list):
        return [_moved(each, place) for each in schema]
    if not isinstance(schema, dict):
        return schema
    moved = {name: _moved(inner, place) for name, inner in schema.items()}
    reference = moved.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        moved["$ref"] = place + reference[1:]
    if moved.get("format") == _DURATION:  # a pattern is known to every editor
        moved.setdefault("pattern", DURATION_PATTERN)
    return moved
