"""One message in, what came out."""

import asyncio

from iomt.contract.envelope import Envelope
from iomt.contract.media import JPEG
from iomt.contract.results import Result
from iomt.contract.settings import Input
from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer
from iomt.runtime.device import Capture, Message

LINK = Input("gate.frames->node.media", "media", "gate", "latest", "nats")


def message(body: bytes, media_type: str = JPEG) -> Message:
    envelope = Envelope(
        node="gate", port="frames", epoch=1, sequence=8, source="gate", frame=7, captured_ns=123_456,
        media_type=media_type,
    )  # fmt: skip
    return Message(envelope, body, LINK)


def publish(analyzer: HuggingFaceAnalyzer, sent: Message) -> tuple[str, Capture, Envelope | None]:
    asyncio.run(analyzer.handle(sent))
    return analyzer.context.publish.items.pop()  # type: ignore[attr-defined, no-any-return]


def ask(analyzer: HuggingFaceAnalyzer, body: bytes, media_type: str = JPEG) -> Result:
    return Result.from_json(publish(analyzer, message(body, media_type))[1].body)
