"""What a message says about its bytes: the NATS headers, HTTP part headers and object metadata."""

from collections.abc import Mapping
from dataclasses import dataclass

MESSAGE_ID = "Nats-Msg-Id"
CONTENT_TYPE = "Content-Type"
TRACE_PARENT = "traceparent"
NODE, PORT, EPOCH, SEQUENCE = "Iomt-Node", "Iomt-Port", "Iomt-Epoch", "Iomt-Sequence"
SOURCE, FRAME, CAPTURED = "Iomt-Source", "Iomt-Frame", "Iomt-Captured"
PART = "Iomt-Part"
WIDTH, HEIGHT, CLAIM = "Iomt-Width", "Iomt-Height", "Iomt-Claim"


class BadEnvelope(ValueError):
    """Headers that no iomt device wrote: a foreign publisher on one of our subjects."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """About one message.

    ``node``, ``port``, ``epoch`` and ``sequence`` name the publisher's output: sequences count
    1, 2, 3 ... within an epoch (the life of the publisher's ledger). ``source``, ``frame`` and
    ``captured_ns`` name the sensor's item that all of this comes from, and stay the same from
    frame to result to alarm. ``width`` and ``height`` are pixels, 0 where there are none.
    ``claim`` is ``bucket/key`` when the bytes wait in the object store. ``part`` is 0 for what is
    made of a whole item, and a number from 1 on for each of several things made of it (its crops).
    """

    node: str
    port: str
    epoch: int
    sequence: int
    source: str
    frame: int
    captured_ns: int
    media_type: str
    width: int = 0
    height: int = 0
    message_id: str = ""
    trace_parent: str = ""
    claim: str = ""
    part: int = 0

    def headers(self) -> dict[str, str]:
        """As NATS or HTTP headers."""
        headers = {
            NODE: self.node,
            PORT: self.port,
            EPOCH: str(self.epoch),
            SEQUENCE: str(self.sequence),
            SOURCE: self.source,
            FRAME: str(self.frame),
            CAPTURED: str(self.captured_ns),
            CONTENT_TYPE: self.media_type,
        }
        if self.width:
            headers[WIDTH] = str(self.width)
            headers[HEIGHT] = str(self.height)
        if self.part:
            headers[PART] = str(self.part)
        for name, value in (
            (MESSAGE_ID, self.message_id),
            (TRACE_PARENT, self.trace_parent),
            (CLAIM, self.claim),
        ):
            if value:
                headers[name] = value
        return headers

    @classmethod
    def from_headers(cls, headers: Mapping[str, str] | None) -> "Envelope":
        """Read back what `headers` wrote; names in any case. Raises `BadEnvelope`."""
        found = {name.lower(): value for name, value in (headers or {}).items()}

        def text(name: str, default: str | None = None) -> str:
            value = found.get(name.lower(), default)
            if value is None:
                raise BadEnvelope(f"header {name} is missing")
            return value

        def number(name: str, default: str | None = None) -> int:
            value = text(name, default)
            if not value.isascii() or not value.isdigit():
                raise BadEnvelope(f"header {name} is {value!r}, expected a whole number")
            return int(value)

        return cls(
            node=text(NODE),
            port=text(PORT),
            epoch=number(EPOCH),
            sequence=number(SEQUENCE),
            source=text(SOURCE),
            frame=number(FRAME),
            captured_ns=number(CAPTURED),
            media_type=text(CONTENT_TYPE),
            width=number(WIDTH, "0"),
            height=number(HEIGHT, "0"),
            message_id=text(MESSAGE_ID, ""),
            trace_parent=text(TRACE_PARENT, ""),
            claim=text(CLAIM, ""),
            part=number(PART, "0"),
        )
