"""What `iomt prove` asks a pod to try, and how the pod answers: one JSON document each way.

Nothing that is tried has an effect: requests are malformed, messages belong to no stream, objects are
sent with a digest that is not theirs.
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass

VARIABLE = "IOMT_PROBE"
"""The environment variable that holds the `Tries`, packed."""
ALLOWED, REFUSED = "allowed", "refused"
"""Outcomes; any other text says what went wrong on the way."""


@dataclass(frozen=True, slots=True)
class Tries:
    """``publish`` and ``subscribe`` are subjects, ``objects`` ``verb bucket``, ``connect`` ``host:port``."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    connect: tuple[str, ...] = ()

    def packed(self) -> str:
        """Short enough for an environment variable."""
        return base64.b64encode(zlib.compress(json.dumps(asdict(self)).encode())).decode()

    @classmethod
    def unpacked(cls, text: str) -> "Tries":
        """What `packed` wrote."""
        data = json.loads(zlib.decompress(base64.b64decode(text)))
        return cls(**{name: tuple(value) for name, value in data.items()})
