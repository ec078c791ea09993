"""The JSON that an analyzer publishes: one document a frame or window."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """Corners in pixels of the source frame, origin top left."""

    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True, slots=True)
class Item:
    """One thing found: ``score`` is 0 to 1; ``box`` only from a detector."""

    label: str
    score: float
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one analyzer says of one frame. ``seconds`` is what the model took for it; ``part`` is that
    of the envelope: 0, or the number of the crop.
    """

    node: str
    source: str
    frame: int
    captured_ns: int
    task: str
    model: str
    revision: str
    seconds: float
    width: int
    height: int
    items: tuple[Item, ...]
    part: int = 0

    def to_json(self) -> bytes:
        """Compact UTF-8 JSON on one line; without the keys ``box`` and ``part`` where there is none."""
        document = asdict(self)
        for item in document["items"]:
            if item["box"] is None:
                del item["box"]
        if not self.part:
            del document["part"]
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, body: bytes) -> "Result":
        """Read back what `to_json` wrote. Raises ValueError for anything else."""
        try:
            document: dict[str, Any] = json.loads(body, parse_constant=_refuse_constant)
            items = document.pop("items")
            result = cls(
                **document,
                items=tuple(
                    Item(each["label"], each["score"], Box(**each["box"]) if "box" in each else None)
                    for each in items
                ),
            )
        except (TypeError, KeyError, AttributeError, RecursionError, ValueError) as error:
            raise ValueError(f"not a result of iomt: {error}") from error
        _check(result)
        for item in result.items:
            _check(item)
            if item.box:
                _check(item.box)
        return result


_TYPES: dict[object, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float)}


def _check(part: Result | Item | Box) -> None:
    """Refuse a field of the wrong type: a foreign document must not stop who reads it."""
    for each in fields(part):
        value = getattr(part, each.name)
        expected = _TYPES.get(each.type)
        if expected and (not isinstance(value, expected) or isinstance(value, bool)):
            raise ValueError(f"not a result of iomt: {each.name} is {value!r:.60}")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
