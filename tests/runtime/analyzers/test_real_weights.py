"""A model and footage that were not made for this project."""

import io
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from transformers import pipeline

from iomt.runtime.sensors.video_file import VideoFile
from tests.asking import ask
from tests.contexts import make_context
from tests.real_footage import Footage, real_footage
from tests.real_weights import mobilenet
from tests.runtime.analyzers.conftest import Prepare

__all__ = ["mobilenet", "real_footage"]  # fixtures


@pytest.mark.slow
def test_an_imagenet_model_says_of_real_frames_what_transformers_says(
    prepare: Prepare, mobilenet: Path, real_footage: Footage, tmp_path: Path
) -> None:

    analyzer = prepare(mobilenet)
    peer = pipeline("image-classification", model=str(mobilenet), top_k=5)
    for clip in (real_footage.street, real_footage.bikes):
        context = make_context(tmp_path / clip.name, {"path": str(clip), "pace": "fastest"})
        for capture in islice(VideoFile(context).open(), 0, 100, 20):
            with Image.open(io.BytesIO(capture.body)) as image:
                theirs = peer(image.convert("RGB"))
            ours = ask(analyzer, capture.body).items
            assert [item.label for item in ours] == [each["label"] for each in theirs]


@pytest.mark.slow
def test_every_frame_of_real_footage_is_given(real_footage: Footage, tmp_path: Path) -> None:
    expected = {real_footage.street: (795, 768, 576), real_footage.bikes: (250, 640, 272)}
    for clip, (frames, width, height) in expected.items():
        context = make_context(tmp_path / clip.name, {"path": str(clip), "pace": "fastest"})
        sizes = [(each.width, each.height) for each in VideoFile(context).open()]
        assert sizes == [(width, height)] * frames
