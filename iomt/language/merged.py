"""One value laid on another: several files, templates and items of `each` all follow this rule."""

from iomt.language.document import Mapping, Scalar, Value, scalar_value


def merged(base: Value, over: Value) -> Value:
    """Maps are laid on each other key by key; anything else replaces what was there.

    A key whose value is nothing (``null``) removes it. Every value keeps the place where it was written.
    """
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    laid = {key.text: (key, value) for key, value in base.entries}
    for key, value in over.entries:
        before = laid.get(key.text)
        if before is None:
            laid[key.text] = key, value
        elif is_nothing(value):
            del laid[key.text]
        elif isinstance(before[1], Mapping) and isinstance(value, Mapping):
            laid[key.text] = before[0], merged(before[1], value)
        else:
            laid[key.text] = key, value
    return Mapping(list(laid.values()), over.start, over.end)


def is_nothing(value: Value) -> bool:
    """``null``, ``~``, or no value at all."""
    return isinstance(value, Scalar) and scalar_value(value) is None


def value_of(mapping: Mapping, name: str) -> Value | None:
    """The value of a key, None where there is no such key."""
    return next((value for key, value in mapping.entries if key.text == name), None)


def with_value(mapping: Mapping, key: Scalar, value: Value) -> Mapping:
    """The same map with another value for one key."""
    kept = [entry for entry in mapping.entries if entry[0].text != key.text]
    return Mapping([*kept, (key, value)], mapping.start, mapping.end)
