"""How the keys of a map are described: once, for reading, for docs and for a schema."""

from dataclasses import dataclass, field
from typing import Literal

Type = Literal[
    "text", "name", "choice", "map", "named", "list", "free", "rate", "buffer", "ends", "number", "flag",
    "count", "cores", "size", "duration", "bandwidth", "share", "labels", "count-or-map", "each", "kinds",
]  # fmt: skip
"""What a value must be. ``named`` is a map from names to maps, ``free`` any map, ``ends`` one or
several ends of links, ``list`` a list of what the key says itself, ``labels`` a map of texts,
``count-or-map`` a number that may be written as a map with more in it, ``kinds`` a map from kinds or
devices to maps, ``each`` a list, a range, or a map from items to options."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what stands there, and what people are told of it. ``least`` is that of a count."""

    name: str
    type: Type
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    shape: "Shape | None" = None
    examples: tuple[str, ...] = ()
    least: int = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys of one map; ``what`` is what people call it."""

    what: str
    keys: tuple[Key, ...]
    by_name: dict[str, Key] = field(init=False, repr=False, compare=False)
    required: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})
        object.__setattr__(self, "required", tuple(key.name for key in self.keys if key.required))

    @property
    def known(self) -> list[str]:
        """Their names, in order."""
        return [key.name for key in self.keys]
