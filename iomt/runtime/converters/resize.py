"""Pictures made smaller, or only made JPEG."""

import asyncio

from PIL import Image

from iomt.contract.media import JPEG, essence
from iomt.runtime.analyzers.images import read_image
from iomt.runtime.converters.jpeg import to_jpeg
from iomt.runtime.device import Capture, Context, Device, Message, PermanentFault


class Resize(Device):
    """Options ``size`` (``640x480``: at most; without it pictures are only made JPEG) and ``quality``.

    A JPEG that is small enough goes on as it is, which costs nothing and loses nothing.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._most = _size(context.options.get("size"))
        self._quality = int(context.options.get("quality", 85))

    async def handle(self, message: Message) -> None:
        """Publish one picture for each."""
        envelope = message.envelope
        made = await asyncio.to_thread(self._made, message)
        await self.context.publish("frames", made, origin=envelope)

    def _made(self, message: Message) -> Capture:
        envelope = message.envelope
        image = read_image(message.body)
        small = _fitted(image, self._most) if self._most else image
        body = message.body
        if small is not image or essence(envelope.media_type) != JPEG:
            body = to_jpeg(small, self._quality)
        return Capture(body, envelope.captured_ns, JPEG, *small.size)


def _fitted(image: Image.Image, most: tuple[int, int]) -> Image.Image:
    """The picture itself where it is small enough."""
    share = min(most[0] / image.width, most[1] / image.height)
    if share >= 1:
        return image
    size = max(1, round(image.width * share)), max(1, round(image.height * share))
    # reducing_gap: whole pixels are averaged first, which is several times faster and looks the same.
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.partition("x")
    try:
        size = int(width), int(height)
    except ValueError:
        size = 0, 0
    if min(size) < 1:
        raise PermanentFault(f"option `size` is {text}: write width x height, such as 640x480")
    return size
