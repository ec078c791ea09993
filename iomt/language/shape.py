"""How the keys of a map are described: once, for reading, for docs and for a schema."""

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:  # to make such a type takes longer than all keys do
    Type = Literal[
        "text", "name", "choice", "map", "named", "list", "free", "rate", "buffer", "ends", "number", "flag",
        "count", "cores", "size", "duration", "bandwidth", "share", "labels", "count-or-map", "each", "kinds",
    ]  # fmt: skip
else:
    Type = str
"""What a value must be. ``named`` is a map from names to maps, ``free`` any map, ``ends`` one or
several ends of links, ``list`` a list of what the key says itself, ``labels`` a map of texts,
``count-or-map`` a number that may be written as a map with more in it, ``kinds`` a map from kinds or
devices to maps, ``each`` a list, a range, or a map from items to options."""


class Key(NamedTuple):
    """One key: what stands there, and what people are told of it. ``least`` is that of a count."""

    name: str
    type: Type
    doc: str
    required: bool = False
    choices: tuple[str, ...] = ()
    shape: "Shape | None" = None
    examples: tuple[str, ...] = ()
    least: int = 1


class Shape:
    """The keys of one map; ``what`` is what people call it."""

    __slots__ = ("by_name", "keys", "required", "what")

    def __init__(self, what: str, keys: tuple[Key, ...]) -> None:
        self.what, self.keys = what, keys
        self.by_name = {key.name: key for key in keys}
        self.required = tuple(key.name for key in keys if key.required)

    @property
    def known(self) -> list[str]:
        """Their names, in order."""
        return [key.name for key in self.keys]
