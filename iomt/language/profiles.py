"""`profiles`: what can be laid on a graph. Names and keys alone; the rest is read when one is laid on it."""

from iomt.language.document import Mapping, Value
from iomt.language.fields import Fields
from iomt.language.keys import PROFILE


def read_profiles(fields: Fields, value: Value) -> tuple[str, ...]:
    """Their names."""
    if not isinstance(value, Mapping):
        fields.wrong_type(
            value, "profiles", "a map", "write for example profiles: {dev: {nodes: {gate: null}}}"
        )
        return ()
    for key, inner in value.entries:
        fields.take(inner, PROFILE, f"profile {fields.name(key, 'a profile')}", key)
    return tuple(key.text for key, _ in value.entries)
