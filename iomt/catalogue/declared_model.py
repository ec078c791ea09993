"""The figures that a declaration has of its model."""

from typing import TypedDict, cast

from iomt.catalogue.declaration import ModelInput, Weights
from iomt.catalogue.declaration_keys import SPEC
from iomt.language.document import Scalar, Value, scalar_value
from iomt.language.fields import Fields
from iomt.language.shape import Shape


class ModelFacts(TypedDict):
    """Fields of `Device`, as its constructor takes them."""

    input: ModelInput
    weights: Weights
    custom_code: bool


def read_model_facts(fields: Fields, spec: dict[str, Value]) -> ModelFacts:
    """What ``input``, ``weights`` and ``custom_code`` say; what is wrong there becomes a finding."""
    size, weights = _inner(fields, spec, "input"), _inner(fields, spec, "weights")
    kept = _shape("weights").by_name["format"]
    return ModelFacts(
        input=ModelInput(*(_count(fields, size, name) for name in ("width", "height", "sample_rate"))),
        weights=Weights(
            _count(fields, weights, "bytes"),
            (fields.choice(weights["format"], kept) or "") if "format" in weights else "",
        ),
        custom_code=_flag(fields, spec, "custom_code"),
    )


def _shape(name: str) -> Shape:
    return cast(Shape, SPEC.by_name[name].shape)


def _inner(fields: Fields, spec: dict[str, Value], name: str) -> dict[str, Value]:
    return fields.take(spec[name], _shape(name), name, spec[name]) if name in spec else {}


def _count(fields: Fields, taken: dict[str, Value], name: str) -> int:
    """A whole number, 0 where nothing is written."""
    if name not in taken:
        return 0
    value = taken[name]
    found = scalar_value(value) if isinstance(value, Scalar) else None
    if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
        return found
    fields.wrong_type(value, name, "a whole number")
    return 0


def _flag(fields: Fields, taken: dict[str, Value], name: str) -> bool:
    if name not in taken:
        return False
    value = taken[name]
    found = scalar_value(value) if isinstance(value, Scalar) else None
    if not isinstance(found, bool):
        fields.wrong_type(value, name, "true or false")
    return found is True
