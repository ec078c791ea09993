import numpy as np
import pytest
from transformers import pipeline

from iomt.runtime.device import Rejected
from tests.asking import ask
from tests.runtime.analyzers.conftest import Prepare
from tests.specimens import RATE, SOUNDS, pcm, sound

NAMES = ["silence", "noise", "beep", "siren"]
TYPE = f"audio/pcm;rate={RATE};channels=1;format=s16le"


def test_sounds_are_told_from_each_other(prepare: Prepare) -> None:
    analyzer = prepare(SOUNDS)
    told = [
        ask(analyzer, pcm(sound(name, seed)), TYPE).items[0].label == name
        for name in NAMES
        for seed in range(8)
    ]
    assert sum(told) >= 30


def test_it_says_what_transformers_own_pipeline_says(prepare: Prepare) -> None:
    analyzer = prepare(SOUNDS)
    peer = pipeline("audio-classification", model=str(SOUNDS), top_k=4)
    for seed, name in enumerate(NAMES):
        body = pcm(sound(name, seed))
        heard = np.frombuffer(body, "<i2").astype(np.float32) / 32768
        theirs = peer({"raw": heard, "sampling_rate": RATE})
        result = ask(analyzer, body, TYPE)
        assert [item.label for item in result.items] == [each["label"] for each in theirs]
        assert [item.score for item in result.items] == pytest.approx(
            [each["score"] for each in theirs], abs=1e-4
        )
        assert (result.task, result.width, result.height) == ("audio-classification", 0, 0)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_another_rate_is_turned_into_the_model_s(prepare: Prepare, rate: int) -> None:
    analyzer = prepare(SOUNDS)
    for name in ("beep", "siren"):
        body = pcm(sound(name, 1, rate))
        assert ask(analyzer, body, f"audio/pcm;rate={rate};channels=1").items[0].label == name


def test_stereo_is_mixed(prepare: Prepare) -> None:
    mono = np.frombuffer(pcm(sound("siren", 2)), "<i2")
    result = ask(prepare(SOUNDS), np.repeat(mono, 2).tobytes(), f"audio/pcm;rate={RATE};channels=2")
    assert result.items == ask(prepare(SOUNDS), mono.tobytes(), TYPE).items


def test_a_long_and_a_very_short_sound_are_read(prepare: Prepare) -> None:
    analyzer = prepare(SOUNDS)
    assert ask(analyzer, pcm(np.tile(sound("siren", 1), 10)), TYPE).items
    assert ask(analyzer, pcm(sound("siren", 1)[:800]), TYPE).items


@pytest.mark.parametrize(
    ("body", "media_type", "says"),
    [
        (b"", TYPE, "0 bytes are no whole samples"),
        (b"\0\0\0", TYPE, "3 bytes are no whole samples"),
        (b"\0\0" * 3, f"audio/pcm;rate={RATE};channels=2", "no whole samples of 2 channels"),
        (b"\0\0", "audio/pcm", "says no rate"),
        (b"\0\0", "audio/pcm;rate=fast", "says no rate"),
        (b"\0\0", "audio/pcm;rate=0", "says no rate"),
        (b"\0\0", f"audio/pcm;rate={RATE};channels=0", "says no channels"),
        (b"\0\0\0\0", f"audio/pcm;rate={RATE};format=f32le", "format f32le, expected s16le"),
        (b"\xff\xd8", "image/jpeg", "nothing that audio-classification reads"),
    ],
)
def test_what_is_no_sound_is_rejected(prepare: Prepare, body: bytes, media_type: str, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        ask(prepare(SOUNDS), body, media_type)
