"""One entry of `nodes`."""

from typing import Any, cast

from iomt.diagnostics.finding import Severity, Span
from iomt.language.document import Mapping, Scalar, Sequence, Value, plain_value
from iomt.language.fields import Fields
from iomt.language.graph import Kind, Node, Path
from iomt.language.keys import KIND_SPELLINGS
from iomt.language.placement import PLACED, read_placement
from iomt.language.shape import Shape

_RULE = "device-or-model"
_DECISIVE = frozenset({"device", "model", "options"})
"""Without one of these the node would seem to lack what stands under a misspelt key."""
_WITH_SPANS = ("revision", "task", *PLACED)


def read_node(fields: Fields, name: str, key: Scalar, value: Value, shape: Shape) -> Node | None:
    """The node, None where not even its kind and device can be told."""
    taken = fields.take(value, shape, f"node {name}", key)
    keys = shape.by_name
    kind = None
    if "kind" in taken:
        kind = fields.choice(taken["kind"], keys["kind"], "unknown-kind", KIND_SPELLINGS)
    texts = {
        each: fields.text(taken[each], keys[each])
        for each in ("device", "model", "revision", "task")
        if each in taken
    }
    options, option_spans, option_key_spans = _options(fields, key, value, taken.get("options"))
    placement = read_placement(fields, taken, keys)
    if not isinstance(value, Mapping) or kind is None:
        return None
    if not fields.meant(value, shape).isdisjoint(_DECISIVE):
        return None  # a misspelt key has a finding, and nothing can be said without it
    if not _one_of_device_and_model(fields, name, kind, key, taken):
        return None
    if None in texts.values():
        return None
    return Node(
        name=name,
        kind=cast(Kind, kind),
        span=fields.span(key),
        device=texts.get("device"),
        device_span=_span(fields, taken.get("device")),
        model=texts.get("model"),
        model_span=_span(fields, taken.get("model")),
        revision=texts.get("revision"),
        task=texts.get("task"),
        options=options,
        option_spans=option_spans,
        option_key_spans=option_key_spans,
        entry=key.text,
        spans={each: fields.span(taken[each]) for each in _WITH_SPANS if each in taken},
        **placement,
    )


def _one_of_device_and_model(
    fields: Fields, name: str, kind: str, key: Scalar, taken: dict[str, Value]
) -> bool:
    if "model" in taken and kind != "MAnalyzer":
        message = f"node {name} is an {kind} and has a model"
        fields.note(
            _RULE,
            message,
            taken["model"],
            "only an MAnalyzer has a model: remove it, or write kind: MAnalyzer",
        )
        return False
    if "model" in taken and "device" in taken:
        fields.note(
            _RULE, f"node {name} has both a device and a model", taken["model"], "remove one of the two"
        )
        return False
    if "model" not in taken and "device" not in taken:
        either = "a model or a device" if kind == "MAnalyzer" else "a device"
        example = "model: hustvl/yolos-tiny" if kind == "MAnalyzer" else "device: NAME"
        fields.note(
            "missing-key",
            f"node {name} has no {'model' if kind == 'MAnalyzer' else 'device'}",
            key,
            f"add {either}, such as {example}",
        )
        return False
    for extra in ("revision", "task"):
        if extra in taken and "model" not in taken:
            message = f"{extra} says something of a model, and node {name} has none"
            fields.note(_RULE, message, taken[extra], "remove it", severity=Severity.WARNING)
    return True


def _span(fields: Fields, value: Value | None) -> Span | None:
    return None if value is None else fields.span(value)


def _options(
    fields: Fields, key: Scalar, node: Value, value: Value | None
) -> tuple[dict[str, Any], dict[Path, Span], dict[Path, Span]]:
    """Plain data, the span of each value and the span of each key, by path; () is `options` itself."""
    spans: dict[Path, Span] = {}
    key_spans: dict[Path, Span] = {}
    if value is None:
        return {}, {(): fields.span(key)}, key_spans
    if not isinstance(value, Mapping):
        fields.wrong_type(value, "options", "a map", "write for example options: {path: media/lobby.mp4}")
        return {}, {(): fields.span(key)}, key_spans
    _note_spans(fields, value, (), spans, key_spans)
    for each, inner in node.entries if isinstance(node, Mapping) else ():
        if inner is value:
            key_spans[()] = fields.span(each)
    return plain_value(value), spans, key_spans


def _note_spans(
    fields: Fields, value: Value, path: Path, spans: dict[Path, Span], key_spans: dict[Path, Span]
) -> None:
    spans[path] = fields.span(value)
    if isinstance(value, Mapping):
        for key, inner in value.entries:
            deeper = (*path, key.text)
            key_spans[deeper] = fields.span(key)
            _note_spans(fields, inner, deeper, spans, key_spans)
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value.items):
            _note_spans(fields, inner, (*path, number), spans, key_spans)
