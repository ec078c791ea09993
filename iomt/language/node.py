"""One entry of `nodes`."""

from typing import TYPE_CHECKING, Any, cast

from iomt.diagnostics.finding import Severity
from iomt.language.document import Mapping, Scalar, Value, plain_value
from iomt.language.fields import Fields
from iomt.language.graph import NOTHING, Kind, Node
from iomt.language.keys import KIND_SPELLINGS
from iomt.language.place_keys import PLACED
from iomt.language.shape import Shape
from iomt.language.written import Written

if TYPE_CHECKING:
    from iomt.language.placement import Placement

_RULE = "device-or-model"
_DECISIVE = frozenset({"device", "model", "options"})
"""Without one of these the node would seem to lack what stands under a misspelt key."""


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
    options = _options(fields, taken.get("options"))
    placement: Placement = {}
    if not taken.keys().isdisjoint(PLACED):  # those of most nodes are
        from iomt.language.placement import read_placement

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
        written=Written(fields.document, key, value),
        device=texts.get("device"),
        model=texts.get("model"),
        revision=texts.get("revision"),
        task=texts.get("task"),
        options=options,
        entry=key.text,
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


def _options(fields: Fields, value: Value | None) -> dict[str, Any]:
    """Plain data."""
    if value is None:
        return NOTHING
    if not isinstance(value, Mapping):
        fields.wrong_type(value, "options", "a map", "write for example options: {path: media/lobby.mp4}")
        return NOTHING
    return {key.text: plain_value(inner) for key, inner in value.entries}
