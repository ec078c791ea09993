"""What a model makes of its input, by the configuration of its processor."""

from collections.abc import Sequence
from typing import Any

from iomt.catalogue.declaration import ModelInput

_PARTS = ("image_processor", "feature_extractor")
"""What `processor_config.json` holds inside, since transformers 5."""


def input_of(config: dict[str, Any], processors: Sequence[dict[str, Any]]) -> ModelInput:
    """Pixels and samples per second; 0 where a model takes pictures as they come, or none."""
    inner = [each[part] for each in processors for part in _PARTS if isinstance(each.get(part), dict)]
    every = [*processors, *inner]
    sizes = [_pixels(each) for each in every] + [_pair(config.get("image_size"))]
    width, height = next((each for each in sizes if all(each)), (0, 0))
    rates = [_count(each.get("sampling_rate")) for each in (*every, config)]
    return ModelInput(width, height, next((each for each in rates if each), 0))


def _pixels(processor: dict[str, Any]) -> tuple[int, int]:
    """Of what is cut out at the end, else of what the picture is resized to."""
    if processor.get("do_center_crop") and all(cut := _pair(processor.get("crop_size"))):
        return cut
    return _pair(processor.get("size"))


def _pair(size: object) -> tuple[int, int]:
    """Width and height; ``shortest_edge`` says neither."""
    if isinstance(size, dict):
        return _count(size.get("width")), _count(size.get("height"))
    if isinstance(size, list) and len(size) == 2:  # height comes first, as in a tensor
        return _count(size[1]), _count(size[0])
    return _count(size), _count(size)


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
