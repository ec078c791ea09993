"""Keys in the order of the language; keys that it does not know stay behind them as they were."""

from iomt.language.layout import Entry, Group
from iomt.language.shape import Key, Shape


def sort_keys(group: Group, shape: Shape) -> None:
    """Sort the entries of a map, and those of the maps inside it that the language describes."""
    places = {key.name: place for place, key in enumerate(shape.keys)}
    group.entries.sort(key=lambda entry: places.get(_name(entry), len(places)))
    for entry in group.entries:
        key = shape.by_name.get(_name(entry))
        if key and isinstance(entry.value, Group):
            _sort_below(entry.value, key)


def _sort_below(group: Group, key: Key) -> None:
    if key.shape is None:
        return
    if key.type == "map":
        groups = [group]
    else:  # a map by names, or a list
        groups = [entry.value for entry in group.entries if isinstance(entry.value, Group)]
    for each in groups:
        if each.is_map:
            sort_keys(each, key.shape)


def _name(entry: Entry) -> str:
    return entry.key.name if entry.key else ""
