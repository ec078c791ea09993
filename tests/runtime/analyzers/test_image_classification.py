import io

import pytest
from PIL import Image
from transformers import pipeline

from iomt.contract.media import LABELS
from tests.asking import ask, message, publish
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import DIGITS, digit, draw_shapes, jpeg


@pytest.mark.parametrize("name", ["0", "1"])
def test_a_digit_is_read(prepare: Prepare, name: str) -> None:
    result = ask(prepare(DIGITS), jpeg(digit(name)))
    assert result.task == "image-classification"
    assert result.items[0].label == name
    assert result.items[0].score > 0.9
    assert result.items[0].box is None
    assert (result.width, result.height) == (64, 64)


def test_it_says_what_transformers_own_pipeline_says(prepare: Prepare) -> None:
    analyzer = prepare(DIGITS, top=10)
    peer = pipeline("image-classification", model=str(DIGITS), top_k=10)
    for image in (digit("0"), digit("1"), draw_shapes(1)[0], draw_shapes(2, (65, 97))[0]):
        body = jpeg(image)
        with Image.open(io.BytesIO(body)) as opened:
            theirs = [(each["label"], each["score"]) for each in peer(opened.convert("RGB"))]
        ours = [(item.label, item.score) for item in ask(analyzer, body).items]
        assert [label for label, _ in ours] == [label for label, _ in theirs]
        assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-4)


def test_the_best_five_labels_are_given_unless_told_otherwise(prepare: Prepare) -> None:
    body = jpeg(digit("0"))
    assert len(ask(prepare(DIGITS), body).items) == 5
    assert [item.label for item in ask(prepare(DIGITS, top=1), body).items] == ["0"]
    assert [item.label for item in ask(prepare(DIGITS, threshold=0.5), body).items] == ["0"]
    assert [item.label for item in ask(prepare(DIGITS, labels=["7"]), body).items] == ["7"]


def test_the_media_type_is_that_of_labels(prepare: Prepare) -> None:
    _, capture, _ = publish(prepare(DIGITS), message(jpeg(digit("0"))))
    assert capture.media_type == LABELS
    assert b"box" not in capture.body


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_printers_jpeg_are_read(prepare: Prepare, mode: str) -> None:
    assert ask(prepare(DIGITS), jpeg(digit("1").convert(mode))).items[0].label == "1"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_images_are_read_too(prepare: Prepare, form: str) -> None:
    buffer = io.BytesIO()
    digit("0").save(buffer, form)
    assert ask(prepare(DIGITS), buffer.getvalue(), f"image/{form.lower()}").items[0].label == "0"


def test_a_photo_that_says_how_to_turn_it_is_turned(prepare: Prepare) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned a quarter clockwise
    lying = digit("1").transpose(Image.Transpose.ROTATE_90)
    wide = Image.new("RGB", (96, 64))
    wide.paste(lying)
    result = ask(prepare(DIGITS), jpeg(lying, exif=turned.tobytes()))
    assert result.items[0].label == "1"
    assert result.items[0].score > 0.9
    size = ask(prepare(DIGITS), jpeg(wide, exif=turned.tobytes()))
    assert (size.width, size.height) == (64, 96)
