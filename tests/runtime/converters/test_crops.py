import asyncio
import io
from dataclasses import replace

import pytest
from PIL import Image

from iomt.contract.envelope import Envelope
from iomt.contract.media import DETECTIONS, JPEG
from iomt.contract.results import Box, Item, Result
from iomt.contract.settings import Input
from iomt.runtime.converters.crops import Crops
from iomt.runtime.device import GaveUp, Message, PermanentFault, Rejected
from tests.contexts import make_context
from tests.specimens import BLUE, RED, draw_shapes, jpeg

_FRAMES = Input("gate.frames->cut.frames", "frames", "gate", "latest", "nats")
_FOUND = Input("shapes.results->cut.detections", "detections", "shapes", "latest", "nats")


def _frame(number, body, width=320, height=240):
    about = Envelope(
        "gate", "frames", 7, number, "gate", number, number * 1000, JPEG, width, height, f"f{number}"
    )
    return Message(about, body, _FRAMES)


def _found(number, items, width=320, height=240, link=_FOUND):
    result = Result("shapes", "gate", number, number * 1000, "", "m", "", 0.1, width, height, tuple(items))
    about = Envelope(
        "shapes", "results", 9, number, "gate", number, number * 1000, DETECTIONS, width, height, f"r{number}"
    )
    return Message(about, result.to_json(), link)


def _items(shapes, score=0.9):
    return [Item(each.label, score, Box(*each.corners)) for each in shapes]


def _run(folder, messages, options=None, inputs=(_FRAMES, _FOUND)):
    context = make_context(folder, options)
    context = replace(context, settings=context.settings._replace(inputs=inputs))

    async def scene():
        device = Crops(context)
        for message in messages:
            await device.handle(message)

    asyncio.run(scene())
    return context.publish


def _colour(capture):
    with Image.open(io.BytesIO(capture.body)) as image:
        assert image.size == (capture.width, capture.height)
        return image.convert("RGB").getpixel((capture.width // 2, capture.height // 2))


def _is_near(one, other):
    return all(abs(a - b) < 40 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_each_box_is_cut_out_of_the_frame_that_it_was_found_in(tmp_path, seed):
    picture, shapes = draw_shapes(seed)
    other, _ = draw_shapes(seed + 50)
    messages = [_frame(1, jpeg(picture)), _frame(2, jpeg(other)), _found(1, _items(shapes))]
    published = _run(tmp_path, messages)
    assert published.parts == list(range(1, len(shapes) + 1))
    for (port, capture, origin), shape in zip(published.items, shapes, strict=True):
        assert port == "crops"
        assert (origin.source, origin.frame, capture.captured_ns) == ("gate", 1, 1000)
        left, top, right, bottom = shape.corners
        assert (capture.width, capture.height) == (round(right) - round(left), round(bottom) - round(top))
        assert _is_near(_colour(capture), RED if shape.label == "red box" else BLUE)


def test_boxes_of_a_resized_frame_are_cut_out_of_the_large_one(tmp_path):
    picture, shapes = draw_shapes(3, (640, 480))
    halves = [replace(each, corners=tuple(value / 2 for value in each.corners)) for each in shapes]
    published = _run(tmp_path, [_frame(1, jpeg(picture)), _found(1, _items(halves))])
    for (_, capture, _), shape in zip(published.items, shapes, strict=True):
        assert abs(capture.width - (shape.corners[2] - shape.corners[0])) <= 1


def test_labels_threshold_and_most_choose_the_best(tmp_path):
    boxes = [Item(label, score, Box(10, 10, 50, 50)) for label, score in
             (("cat", 0.4), ("cat", 0.9), ("dog", 0.99), ("cat", 0.7), ("cat", 0.8))]  # fmt: skip
    frame = _frame(1, jpeg(draw_shapes(1)[0]))
    options = {"labels": ["cat"], "threshold": 0.5, "most": 2}
    assert _run(tmp_path, [frame, _found(1, boxes)], options).parts == [1, 2]
    assert len(_run(tmp_path, [frame, _found(1, boxes)]).parts) == 5


def test_a_margin_stays_inside_the_frame_and_an_empty_box_gives_nothing(tmp_path):
    items = [Item("a", 0.9, Box(0, 0, 100, 100)), Item("a", 0.8, Box(50, 50, 50, 60)),
             Item("a", 0.7, Box(400, 10, 500, 60)), Item("a", 0.6, Box(100, 100, 200, 200))]  # fmt: skip
    published = _run(tmp_path, [_frame(1, jpeg(draw_shapes(1)[0])), _found(1, items)], {"margin": 0.1})
    sizes = [(capture.width, capture.height) for _, capture, _ in published.items]
    assert sizes == [(110, 110), (120, 120)]
    assert published.parts == [1, 4]


def test_nothing_found_is_done_without_a_frame(tmp_path):
    assert _run(tmp_path, [_found(1, [])]).items == []


def test_a_detection_that_comes_before_its_frame_waits_for_it(tmp_path):
    picture, shapes = draw_shapes(4)
    context = make_context(tmp_path)

    async def scene():
        device = Crops(context)
        waiting = asyncio.create_task(device.handle(_found(1, _items(shapes))))
        await asyncio.sleep(0)
        await device.handle(_frame(1, jpeg(picture)))
        await waiting

    asyncio.run(scene())
    assert len(context.publish.items) == len(shapes)


def test_a_frame_that_is_gone_or_never_comes_is_given_up_with_what_to_do(tmp_path):
    picture, shapes = draw_shapes(5)
    with pytest.raises(GaveUp, match="frame 1 of gate is not here: link what the detector reads"):
        _run(tmp_path, [_frame(2, jpeg(picture)), _found(1, _items(shapes))])
    with pytest.raises(GaveUp):
        _run(tmp_path, [_found(1, _items(shapes))])


def test_old_frames_are_let_go(tmp_path):
    picture, shapes = draw_shapes(5)
    body = jpeg(picture)

    async def scene():
        device = Crops(make_context(tmp_path, {"keep": "1ms"}))
        await device.handle(_frame(1, body))
        await asyncio.sleep(0.01)
        await device.handle(_frame(2, body))
        await device.handle(_found(2, _items(shapes)))
        with pytest.raises(GaveUp, match="longer `keep`"):
            await device.handle(_found(1, _items(shapes)))

    asyncio.run(scene())


def test_two_detectors_number_their_crops_apart(tmp_path):
    picture, shapes = draw_shapes(6)
    second = _FOUND._replace(link="people.results->cut.detections", source="people")
    messages = [
        _frame(1, jpeg(picture)),
        _found(1, _items(shapes)[:1]),
        _found(1, _items(shapes)[:1], link=second),
    ]
    assert _run(tmp_path, messages, inputs=(_FRAMES, _FOUND, second)).parts == [1, 101]


def test_what_is_no_result_is_rejected(tmp_path):
    with pytest.raises(Rejected, match="not a result"):
        _run(tmp_path, [Message(_found(1, []).envelope, b"[]", _FOUND)])


def test_one_input_alone_ends_the_node_with_what_is_missing(tmp_path):
    context = make_context(tmp_path)
    alone = replace(context, settings=context.settings._replace(inputs=(_FOUND,)))
    with pytest.raises(PermanentFault, match=r"nothing is linked to node\.frames"):
        asyncio.run(Crops(alone).prepare())
    both = replace(context, settings=context.settings._replace(inputs=(_FOUND, _FRAMES)))
    asyncio.run(Crops(both).prepare())
