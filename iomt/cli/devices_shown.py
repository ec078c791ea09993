"""Devices as text and as JSON."""

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.result_items import ITEMS, result_schema
from iomt.catalogue.tasks import TASKS
from iomt.language.suggest import one_of

_WIDTH = 100
_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "map"}


def as_json(value: object) -> str:
    """For programs, in order and indented."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def listed(device: Device) -> dict[str, Any]:
    """What the list tells of a device."""
    return {
        "name": device.name,
        "kind": device.kind,
        "summary": device.summary,
        "accepts": [
            {"port": each.name, "media": list(each.media), "delivery": each.delivery}
            for each in device.accepts
        ],
        "produces": [
            {"port": each.name, "media": list(each.media)} | ({"like": each.like} if each.like else {})
            for each in device.produces
        ],
    }


def details(device: Device) -> dict[str, Any]:
    """All that is known of a device; ``result`` is the JSON Schema of what its task gives."""
    told = listed(device) | {"runtime": device.runtime, "options": device.options}
    if device.task in TASKS:
        told |= {"task": device.task, "result": result_schema(TASKS[device.task].item)}
    if device.model:
        told["model"] = {
            "id": device.model,
            "revision": device.revision,
            "licence": device.licence,
            "input": device.input._asdict(),
            "weights": device.weights._asdict(),
            "custom_code": device.custom_code,
            "labels": list(device.labels),
        }
    return told


def table(devices: Iterable[Device]) -> str:
    """A line for each device."""
    rows = [("NAME", "KIND", "TAKES", "GIVES", "WHAT IT IS")]
    rows += [
        (each.name, each.kind, _ports(each.accepts), _ports(each.produces), each.summary) for each in devices
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]])
        for row in rows
    )


def page(device: Device) -> str:
    """One device for people."""
    lines = [f"{device.name} ({device.kind})", device.summary]
    lines += _section("takes", _inputs(device))
    lines += _section("gives", ((each.name, _media(each)) for each in device.produces))
    lines += _section("options", _options(device))
    if device.model or device.task:
        lines += _section("model", _model(device))
    return "\n".join(lines)


def _ports(ports: Iterable[Port]) -> str:
    return ", ".join(f"{each.name}: {' | '.join(map(_short, each.media))}" for each in ports) or "-"


def _short(media: str) -> str:
    """Types of our own by their one telling word."""
    return media.removeprefix("application/vnd.iomt.").removesuffix("+json")


def _media(port: Port) -> str:
    return f"what its input {port.like} takes" if port.like else one_of(port.media)


def _inputs(device: Device) -> Iterator[tuple[str, str]]:
    for each in device.accepts:
        yield each.name, f"{one_of(each.media)}; a link is {each.delivery} unless it says otherwise"


def _options(device: Device) -> Iterator[tuple[str, str]]:
    required = device.options.get("required", [])
    for name, schema in device.options.get("properties", {}).items():
        described = schema if isinstance(schema, dict) else {}
        facts = [_type(described)]
        if name in required:
            facts.append("needed")
        if "default" in described:
            facts.append(f"default {_plain(described['default'])}")
        yield name, f"{', '.join(facts)}. {described.get('description', '')}".rstrip()


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return one_of(_plain(each) for each in schema["enum"])
    if schema.get("format") == "duration-quantity":
        return "duration such as 5s"
    if schema.get("format") == "size-quantity":
        return "size such as 2Gi"
    if schema.get("format") == "condition":
        return "condition"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    name = str(schema.get("type", "anything"))
    bounds = (schema.get("minimum"), schema.get("maximum"))
    words = {(False, True): f" of at least {bounds[0]}", (True, False): f" up to {bounds[1]}",
             (False, False): f" from {bounds[0]} to {bounds[1]}"}  # fmt: skip
    return _TYPES.get(name, name) + words.get((bounds[0] is None, bounds[1] is None), "")


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _model(device: Device) -> Iterator[tuple[str, str]]:
    size, weights = device.input, device.weights
    task = TASKS.get(device.task)
    runs = "" if device.runtime else " (this version cannot run it yet)"
    facts = {
        "model": device.model,
        "revision": device.revision,
        "task": f"{device.task}{runs}" if device.task else "",
        "result": f"items with {one_of(ITEMS[task.item]['properties'], 'and')}" if task else "",
        "licence": device.licence or ("not known" if device.model else ""),
        "input": f"{size.width} x {size.height} pixels" if size.width else "",
        "rate": f"{size.sample_rate} samples per second" if size.sample_rate else "",
        "weights": f"{weights.bytes:,} bytes of {weights.format}" if weights.format else "",
        "code": "comes with a program of its own, which is never run" if device.custom_code else "",
        "labels": one_of(device.labels, "and") if device.labels else "",
    }
    yield from ((name, fact) for name, fact in facts.items() if fact)


def _section(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Names at the left, what is said of them at the right, folded there."""
    every = list(rows)
    if not every:
        return []
    width = max(len(name) for name, _ in every)
    lines = ["", title]
    for name, said in every:
        first, *more = wrap(said, _WIDTH - width - 4, break_long_words=False) or [""]
        lines.append(f"  {name:<{width}}  {first}".rstrip())
        lines += [f"  {'':<{width}}  {each}" for each in more]
    return lines
