import asyncio
import io

import pytest
from PIL import Image

from iomt.contract.envelope import Envelope
from iomt.contract.media import JPEG
from iomt.contract.settings import Input
from iomt.runtime.converters.resize import Resize
from iomt.runtime.device import Message, PermanentFault, Rejected
from tests.contexts import make_context
from tests.specimens import draw_shapes, jpeg

_LINK = Input("gate.frames->small.frames", "frames", "gate", "latest", "nats")


def _message(body, media_type=JPEG, width=0, height=0):
    return Message(
        Envelope("gate", "frames", 7, 3, "gate", 3, 5_000, media_type, width, height, "id-3"), body, _LINK
    )


def _made(folder, body, options, media_type=JPEG):
    context = make_context(folder, options)
    asyncio.run(Resize(context).handle(_message(body, media_type)))
    ((port, capture, origin),) = context.publish.items
    assert (port, origin.frame, capture.captured_ns, capture.media_type) == ("frames", 3, 5_000, JPEG)
    with Image.open(io.BytesIO(capture.body)) as image:
        assert image.size == (capture.width, capture.height)
        return capture, image.convert("RGB")


@pytest.mark.parametrize(
    ("size", "made"),
    [("160x160", (160, 120)), ("1000x60", (80, 60)), ("1x1", (1, 1)), ("33x10000", (33, 25))],
)
def test_a_picture_is_made_to_fit_and_keeps_its_proportions(tmp_path, size, made):
    picture, _ = draw_shapes(1)
    capture, small = _made(tmp_path, jpeg(picture), {"size": size})
    assert (capture.width, capture.height) == made
    reference = picture.resize(made, Image.Resampling.LANCZOS)
    pairs = zip(small.tobytes(), reference.tobytes(), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / len(reference.tobytes()) < 12


def test_a_jpeg_that_is_small_enough_goes_on_as_it_is(tmp_path):
    body = jpeg(draw_shapes(2)[0])
    capture, _ = _made(tmp_path, body, {"size": "320x240"})
    assert capture.body == body
    assert (capture.width, capture.height) == (320, 240)


@pytest.mark.parametrize("options", [{}, {"size": "640x640"}])
def test_a_picture_of_another_kind_becomes_jpeg(tmp_path, options):
    buffer = io.BytesIO()
    draw_shapes(3)[0].save(buffer, "PNG")
    capture, _ = _made(tmp_path, buffer.getvalue(), options, "image/png")
    assert capture.body.startswith(b"\xff\xd8")
    assert (capture.width, capture.height) == (320, 240)


def test_what_is_no_picture_is_rejected(tmp_path):
    with pytest.raises(Rejected, match="no image"):
        asyncio.run(Resize(make_context(tmp_path, {"size": "9x9"})).handle(_message(b"nothing")))


@pytest.mark.parametrize("size", ["640", "0x10", "axb"])
def test_a_size_that_is_none_ends_the_node_with_what_to_write(tmp_path, size):
    with pytest.raises(PermanentFault, match="such as 640x480"):
        Resize(make_context(tmp_path, {"size": size}))
