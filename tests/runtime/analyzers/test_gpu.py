import logging

import pytest
import torch

from iomt.contract.media import JPEG
from iomt.runtime.device import PermanentFault
from tests.asking import ask
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import DIGITS, RATE, SHAPES, SOUNDS, digit, draw_shapes, jpeg, pcm, sound

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU that torch can use")
_PCM = f"audio/pcm;rate={RATE};channels=1;format=s16le"


@needs_gpu
@pytest.mark.parametrize(
    ("model", "media_type", "bodies"),
    [
        (SHAPES, JPEG, [jpeg(draw_shapes(seed)[0]) for seed in range(20)]),
        (DIGITS, JPEG, [jpeg(digit(name)) for name in "01"]),
        (SOUNDS, _PCM, [pcm(sound(name, 3)) for name in ("silence", "noise", "beep", "siren")]),
    ],
    ids=["detection", "classification", "sound"],
)
def test_a_gpu_says_what_the_processor_says(prepare: Prepare, model, media_type, bodies) -> None:
    analyzer = prepare(model)
    network = analyzer._task.loaded.network
    assert network.device.type == "cuda"
    there = [ask(analyzer, body, media_type).items for body in bodies]
    network.cpu()
    here = [ask(analyzer, body, media_type).items for body in bodies]
    assert [[item.label for item in items] for items in there] == [
        [item.label for item in items] for items in here
    ]
    assert sum(map(len, here)) >= len(bodies)
    for ours, theirs in zip(sum(there, ()), sum(here, ()), strict=True):
        assert ours.score == pytest.approx(theirs.score, abs=2e-3)
        if ours.box:
            assert ours.box == pytest.approx(theirs.box, abs=1)


@needs_gpu
def test_a_gpu_that_others_have_filled_is_told(prepare: Prepare) -> None:
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(0.0)
    try:
        with pytest.raises(
            PermanentFault, match="digits-resnet does not fit beside what is on the GPU already"
        ):
            prepare(DIGITS)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


@needs_gpu
def test_the_gpu_is_named_when_a_model_is_ready(prepare: Prepare, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        prepare(DIGITS)
    assert f"on {torch.cuda.get_device_name()}" in caplog.text


@pytest.mark.skipif(torch.cuda.is_available(), reason="this torch can use a GPU")
@pytest.mark.parametrize(("given", "told"), [("0", True), ("void", False), (None, False)])
def test_a_gpu_that_is_given_and_cannot_be_used_is_told(
    prepare: Prepare, caplog, monkeypatch, given, told
) -> None:
    monkeypatch.delenv("NVIDIA_VISIBLE_DEVICES", raising=False)
    if given:
        monkeypatch.setenv("NVIDIA_VISIBLE_DEVICES", given)
    analyzer = prepare(DIGITS)
    assert ask(analyzer, jpeg(digit("0"))).items[0].label == "0"
    assert ("build the analyzer's image with CUDA" in caplog.text) is told
