"""The key ``profile`` of a declaration, and the same figures in a file of measured profiles."""

from iomt.catalogue.declaration import Profile
from iomt.language.document import Value
from iomt.language.fields import Fields
from iomt.language.shape import Key, Shape

PROFILE = Shape(
    "a profile",
    (
        Key("rate", "rate", "Messages per second that it gives.", examples=("25/s",)),
        Key("bytes", "size", "The size of one message that it gives.", examples=("60k",)),
        Key("seconds", "duration", "What one message takes; half of them take less.", examples=("40ms",)),
        Key("slowest", "duration", "What only one message in twenty exceeds.", examples=("70ms",)),
        Key("memory", "size", "What its process holds at most.", examples=("600Mi",)),
        Key("cores", "cores", "Processor cores that it keeps busy.", examples=("0.5",)),
        Key("startup", "duration", "From start to ready.", examples=("3s",)),
        Key("machine", "text", "Where it was measured.", examples=("2 cores, x86_64",)),
    ),
)


def read_profile(fields: Fields, value: Value, owner: str) -> Profile:
    """The figures of one map; what is wrong there becomes a finding."""
    taken = fields.take(value, PROFILE, owner, value)

    def amount(name: str) -> float | None:
        return fields.quantity(taken[name], PROFILE.by_name[name]) if name in taken else None

    def count(name: str) -> int | None:
        found = amount(name)
        return None if found is None else int(found)

    machine = fields.text(taken["machine"], PROFILE.by_name["machine"]) if "machine" in taken else ""
    return Profile(
        rate=amount("rate"),
        bytes=count("bytes"),
        seconds=amount("seconds"),
        slowest=amount("slowest"),
        memory=count("memory"),
        cores=amount("cores"),
        startup=amount("startup"),
        machine=machine or "",
    )
