"""Merge keys: ``<<: *name`` puts the keys of another map into this one.

They are of YAML 1.1, which wrote them down at yaml.org/type/merge.html, and live on everywhere.
"""

from collections.abc import Callable, Collection, Iterator

from iomt.language.document import Mapping, Scalar, Sequence, Value, kind_of

MERGE = "<<"


def merged_in(
    values: list[Value], own: Collection[str], wrong: Callable[[Value, str], None]
) -> list[tuple[Scalar, Value]]:
    """The keys that a map gets by the values of its merge keys, without those that it has itself.

    Of several maps the earlier wins. ``wrong`` is told of each value that is no map, and what it is.
    """
    found: dict[str, tuple[Scalar, Value]] = {}
    for mapping in _maps(values, wrong):
        for entry in mapping.entries:
            name = entry[0].text
            if name not in own and name not in found:
                found[name] = entry
    return list(found.values())


def _maps(values: list[Value], wrong: Callable[[Value, str], None]) -> Iterator[Mapping]:
    for value in values:
        for each in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(each, Mapping):
                yield each
            else:
                wrong(each, kind_of(each))
