"""What a detector found, cut out of the frames that it was found in."""

import asyncio
from collections.abc import Iterator

from PIL import Image

from iomt.contract.envelope import Envelope
from iomt.contract.media import JPEG
from iomt.contract.quantity import BadQuantity, seconds
from iomt.contract.results import Box, Item, Result
from iomt.runtime.analyzers.images import read_image
from iomt.runtime.converters.frames import Frames
from iomt.runtime.converters.jpeg import to_jpeg
from iomt.runtime.device import Capture, Context, Device, Message, PermanentFault, Rejected

_FRAMES, _DETECTIONS = "frames", "detections"
_OF_ONE_DETECTOR = 100
"""Parts of the first detector are 1 to 99, those of the second 101 to 199, and so on."""


class Crops(Device):
    """Options ``labels``, ``threshold``, ``margin``, ``most``, ``keep``, ``quality``.

    Detections are matched with their frame by source, frame number and capture time. The frame may
    be larger than the one that was looked at (a resized one): boxes are taken in proportion.
    """

    concurrency = 16
    """Detections may wait for their frame, and frames must come in meanwhile."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        options = context.options
        self._labels = frozenset(options.get("labels", ()))
        self._threshold = float(options.get("threshold", 0.0))
        self._margin = float(options.get("margin", 0.0))
        self._most = int(options.get("most", 20))
        self._quality = int(options.get("quality", 85))
        self._frames = Frames(_duration(options.get("keep", "10s")))
        detectors = [each.link for each in context.settings.inputs if each.port == _DETECTIONS]
        self._first_parts = {link: _OF_ONE_DETECTOR * number for number, link in enumerate(detectors)}
        self._in_order = asyncio.Lock()

    async def prepare(self) -> None:
        """Raises `PermanentFault` where only one of the two inputs is linked."""
        linked = {each.port for each in self.context.settings.inputs}
        if missing := {_FRAMES, _DETECTIONS} - linked:
            node = self.context.settings.node
            raise PermanentFault(
                f"nothing is linked to {node}.{missing.pop()}: {node} needs what a detector found, and the "
                "frames that it was found in"
            )

    async def handle(self, message: Message) -> None:
        """Keep a frame, or publish the crops of one detection message, none where nothing was found."""
        envelope = message.envelope
        if message.input.port == _FRAMES:
            await self._frames.keep(envelope, message.body)
            return
        try:
            result = Result.from_json(message.body)
        except ValueError as error:
            raise Rejected(str(error)) from error
        boxes = self._wanted(result)
        if not boxes:
            return
        frame = await self._frames.find(envelope)
        first = self._first_parts.get(message.input.link, 0)
        async with self._in_order:
            for number, crop in await asyncio.to_thread(self._cut, frame, boxes, result, envelope):
                await self.context.publish("crops", crop, origin=envelope, part=first + number)

    def _wanted(self, result: Result) -> list[Box]:
        """Best first; of equals the one that the detector named first."""
        items: list[Item] = [
            item
            for item in result.items
            if item.box and item.score >= self._threshold and (not self._labels or item.label in self._labels)
        ]
        items.sort(key=lambda item: -item.score)
        return [item.box for item in items[: self._most] if item.box]

    def _cut(
        self, frame: bytes, boxes: list[Box], result: Result, envelope: Envelope
    ) -> list[tuple[int, Capture]]:
        return list(self._cuts(read_image(frame), boxes, result, envelope))

    def _cuts(
        self, image: Image.Image, boxes: list[Box], result: Result, envelope: Envelope
    ) -> Iterator[tuple[int, Capture]]:
        across = image.width / result.width if result.width else 1.0
        down = image.height / result.height if result.height else 1.0
        for number, box in enumerate(boxes, 1):
            wide, high = (box.xmax - box.xmin) * self._margin, (box.ymax - box.ymin) * self._margin
            left, right = _within((box.xmin - wide) * across, (box.xmax + wide) * across, image.width)
            top, bottom = _within((box.ymin - high) * down, (box.ymax + high) * down, image.height)
            if left < right and top < bottom:
                crop = image.crop((left, top, right, bottom))
                body = to_jpeg(crop, self._quality)
                yield number, Capture(body, envelope.captured_ns, JPEG, *crop.size)


def _within(low: float, high: float, size: int) -> tuple[int, int]:
    """Whole pixels inside the picture; of a box that lies beside it nothing is left."""
    return max(0, round(low)), min(size, round(high))


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except BadQuantity as error:
        raise PermanentFault(f"option `keep`: {error}") from error
