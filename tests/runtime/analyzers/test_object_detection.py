import io
from typing import Any

import pytest
from PIL import Image
from transformers import pipeline

from iomt.contract import metrics
from iomt.contract.media import DETECTIONS
from iomt.contract.results import Result
from iomt.runtime.device import PermanentFault, Rejected
from tests.asking import ask, message, publish
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import SHAPES, draw_shapes, jpeg


@pytest.fixture(scope="module")
def peer() -> Any:
    return pipeline("object-detection", model=str(SHAPES))


def test_it_says_on_fifty_pictures_what_transformers_own_pipeline_says(prepare: Prepare, peer: Any) -> None:
    analyzer = prepare(SHAPES)
    compared = 0
    for seed in range(50):
        image, _ = draw_shapes(seed, size=(320, 240) if seed % 2 else (333, 217))
        body = jpeg(image)
        ours = ask(analyzer, body).items
        with Image.open(io.BytesIO(body)) as opened:
            theirs = peer(opened.convert("RGB"), threshold=0.5)
        theirs.sort(key=lambda each: -each["score"])
        assert [item.label for item in ours] == [each["label"] for each in theirs]
        for item, each in zip(ours, theirs, strict=True):
            assert item.score == pytest.approx(each["score"], abs=1e-4)
            assert item.box
            for edge in ("xmin", "ymin", "xmax", "ymax"):
                limit = image.width if edge[0] == "x" else image.height
                assert getattr(item.box, edge) == pytest.approx(min(max(each["box"][edge], 0), limit), abs=1)
            compared += 1
    assert compared > 60


def test_what_was_drawn_is_found_in_pixels_of_the_source(prepare: Prepare) -> None:
    image, [shape] = draw_shapes(3)
    result = ask(prepare(SHAPES), jpeg(image))
    [item] = result.items
    assert item.label == shape.label
    assert item.box
    box = (item.box.xmin, item.box.ymin, item.box.xmax, item.box.ymax)
    assert box == pytest.approx(shape.corners, abs=8)
    assert (result.width, result.height) == (320, 240)


def test_boxes_stay_inside_the_frame(prepare: Prepare) -> None:
    analyzer = prepare(SHAPES, threshold=0.01)
    for seed in range(5):
        for item in ask(analyzer, jpeg(draw_shapes(seed)[0])).items:
            assert item.box
            assert 0 <= item.box.xmin <= item.box.xmax <= 320
            assert 0 <= item.box.ymin <= item.box.ymax <= 240


def test_the_result_tells_its_frame_its_model_and_what_it_cost(prepare: Prepare) -> None:
    analyzer = prepare(SHAPES)
    sent = message(jpeg(draw_shapes(3)[0]))
    port, capture, origin = publish(analyzer, sent)
    result = Result.from_json(capture.body)
    assert port == "results"
    assert origin is sent.envelope
    assert (capture.media_type, capture.width, capture.height) == (DETECTIONS, 320, 240)
    assert (result.node, result.source, result.frame, result.captured_ns) == ("node", "gate", 7, 123_456)
    assert (result.task, result.model) == ("object-detection", "shapes-rtdetr")
    assert capture.captured_ns == 123_456
    ledger = analyzer.context.ledger
    assert ledger.get(metrics.MODEL_RUNS) == 1, "trying the model out before it is ready is not counted"
    assert ledger.get(metrics.MODEL_SECONDS) / 1e9 == pytest.approx(result.seconds, abs=1e-5)
    assert result.seconds > 0


def test_the_threshold_leaves_out_what_is_below_it(prepare: Prepare) -> None:
    body = jpeg(draw_shapes(3)[0])
    everything = ask(prepare(SHAPES, threshold=0.0), body).items
    some = ask(prepare(SHAPES, threshold=0.9), body).items
    assert len(everything) > len(some) > 0
    assert min(item.score for item in some) >= 0.9
    assert [item.score for item in everything] == sorted((item.score for item in everything), reverse=True)


def test_only_the_labels_that_were_asked_for_are_given(prepare: Prepare) -> None:
    everything, discs = prepare(SHAPES), prepare(SHAPES, labels=["blue disc"])
    bodies = [jpeg(draw_shapes(seed)[0]) for seed in range(8)]
    found = [item for body in bodies for item in ask(everything, body).items]
    assert {item.label for item in found} == {"red box", "blue disc"}
    only = [item for body in bodies for item in ask(discs, body).items]
    assert only == [item for item in found if item.label == "blue disc"]


def test_a_label_the_model_never_gives_is_told_with_the_nearest(prepare: Prepare) -> None:
    with pytest.raises(PermanentFault, match=r"never says 'red boxes'.*did you mean 'red box'"):
        prepare(SHAPES, labels=["red boxes"])


def test_an_empty_picture_gives_a_result_without_items(prepare: Prepare) -> None:
    assert ask(prepare(SHAPES), jpeg(Image.new("RGB", (64, 48), "grey"))).items == ()


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (97, 65)])
def test_odd_sizes_are_read(prepare: Prepare, size: tuple[int, int]) -> None:
    result = ask(prepare(SHAPES), jpeg(Image.new("RGB", size, "grey")))
    assert (result.width, result.height) == size


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "0 bytes that are no image"),
        (b"\xff\xd8\xff hello", "are no image"),
        (jpeg(draw_shapes(3)[0])[:2000], "are no image"),
    ],
)
def test_what_is_no_image_is_rejected(prepare: Prepare, body: bytes, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        ask(prepare(SHAPES), body)


def test_an_image_that_would_fill_the_memory_is_rejected_before_it_is_decoded(prepare: Prepare) -> None:
    body = bytearray(jpeg(Image.new("RGB", (64, 48))))
    start = body.index(b"\xff\xc0") + 5  # the frame header: height and width, two bytes each
    body[start : start + 4] = b"\xea\x60\xea\x60"
    with pytest.raises(Rejected, match="60000x60000 pixels; at most 100 million"):
        ask(prepare(SHAPES), bytes(body))


def test_sound_is_nothing_for_a_detector(prepare: Prepare) -> None:
    with pytest.raises(Rejected, match="'audio/pcm;rate=16000' is nothing that object-detection reads"):
        ask(prepare(SHAPES), b"\0\0", "audio/pcm;rate=16000")
