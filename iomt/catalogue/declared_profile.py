"""The key ``profile`` of a declaration, and the same figures in a file of measured profiles."""

from collections.abc import Callable

from iomt.catalogue.declaration import Profile
from iomt.contract.quantity import BadQuantity, per_second, seconds, size
from iomt.language.document import Scalar, Value, scalar_value
from iomt.language.fields import Fields
from iomt.language.keys import Key, Shape

PROFILE = Shape(
    "a profile",
    (
        Key("rate", "rate", "Messages per second that it gives.", examples=("25/s",)),
        Key("bytes", "text", "The size of one message that it gives.", examples=("60k",)),
        Key("seconds", "text", "What one message takes; half of them take less.", examples=("40ms",)),
        Key("slowest", "text", "What only one message in twenty exceeds.", examples=("70ms",)),
        Key("memory", "text", "What its process holds at most.", examples=("600Mi",)),
        Key("cores", "number", "Processor cores that it keeps busy.", examples=("0.5",)),
        Key("startup", "text", "From start to ready.", examples=("3s",)),
        Key("machine", "text", "Where it was measured.", examples=("2 cores, x86_64",)),
    ),
)


def read_profile(fields: Fields, value: Value, owner: str) -> Profile:
    """The figures of one map; what is wrong there becomes a finding."""
    taken = fields.take(value, PROFILE, owner, value)

    def amount(name: str, read: Callable[[str], float]) -> float | None:
        return _amount(fields, taken[name], name, read) if name in taken else None

    bytes_each, memory = amount("bytes", size), amount("memory", size)
    machine = fields.text(taken["machine"], PROFILE.by_name["machine"]) if "machine" in taken else ""
    return Profile(
        rate=amount("rate", per_second),
        bytes=None if bytes_each is None else int(bytes_each),
        seconds=amount("seconds", seconds),
        slowest=amount("slowest", seconds),
        memory=None if memory is None else int(memory),
        cores=_cores(fields, taken["cores"]) if "cores" in taken else None,
        startup=amount("startup", seconds),
        machine=machine or "",
    )


def _amount(fields: Fields, value: Value, name: str, read: Callable[[str], float]) -> float | None:
    example = PROFILE.by_name[name].examples[0]
    if not isinstance(value, Scalar):
        fields.wrong_type(value, name, "a quantity", f"write for example {name}: {example}")
        return None
    try:
        found = read(value.text)
    except BadQuantity as error:
        fields.note("bad-quantity", f"{name}: {error}", value)
        return None
    if not 0 < found < 2**63:
        fields.note("bad-quantity", f"{name} cannot be {value.text}", value, f"write for example {example}")
        return None
    return found


def _cores(fields: Fields, value: Value) -> float | None:
    found = scalar_value(value) if isinstance(value, Scalar) else None
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < 2**20:
        return float(found)
    fields.wrong_type(value, "cores", "a number above 0", "write for example cores: 0.5")
    return None
