import time
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from iomt.runtime.device import Capture, PermanentFault
from iomt.runtime.sensors.microphone_file import MicrophoneFile
from tests.contexts import make_context
from tests.recordings import make_clip, make_sound


def microphone(path: Path, **options: object) -> MicrophoneFile:
    context = make_context(path.parent / "state", {"path": str(path), "pace": "fastest", **options})
    return MicrophoneFile(context)


def samples(capture: Capture) -> np.ndarray:
    return np.frombuffer(capture.body, "<i2")


def loudest_hertz(capture: Capture, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples(capture)))
    return float(np.fft.rfftfreq(len(samples(capture)), 1 / rate)[spectrum.argmax()])


@pytest.mark.parametrize("name", ["sound.wav", "sound.flac", "sound.m4a"])
def test_a_sound_becomes_mono_windows_at_the_rate_that_was_asked(tmp_path: Path, name: str) -> None:
    captures = list(microphone(make_sound(tmp_path / name, seconds=3, hertz=440)).open())
    assert len(captures) == 3
    for each in captures:
        assert each.media_type == "audio/pcm;rate=16000;channels=1;format=s16le"
        assert len(each.body) == 2 * 16000
        assert loudest_hertz(each, 16000) == pytest.approx(440, abs=1)
        assert samples(each)[2000:14000].max() == pytest.approx(0.5 * 32767, rel=0.03)
    assert (captures[0].width, captures[0].height) == (0, 0)


def test_the_port_is_called_as_the_declaration_says() -> None:
    assert MicrophoneFile.port == "audio"


def test_windows_may_overlap(tmp_path: Path) -> None:
    captures = list(microphone(make_sound(tmp_path / "s.wav"), window="500ms", hop="250ms", rate=8000).open())
    assert [len(each.body) for each in captures] == [2 * 4000] * 7
    for earlier, later in pairwise(captures):
        assert earlier.body[4000:] == later.body[:4000]


def test_a_hop_longer_than_the_window_leaves_out_what_lies_between(tmp_path: Path) -> None:
    sound = make_sound(tmp_path / "s.wav")
    whole = np.concatenate([samples(each) for each in microphone(sound).open()])
    captures = list(microphone(sound, window="300ms", hop="700ms").open())
    assert len(captures) == 3
    for number, each in enumerate(captures):
        begin = round(number * 0.7 * 16000)
        assert np.array_equal(samples(each), whole[begin : begin + 4800])


def test_the_rest_at_the_end_that_fills_no_window_is_left_out(tmp_path: Path) -> None:
    assert len(list(microphone(make_sound(tmp_path / "s.wav", seconds=2.9)).open())) == 2


def test_a_sound_shorter_than_one_window_is_filled_up_with_silence(tmp_path: Path) -> None:
    [only] = microphone(make_sound(tmp_path / "s.wav", seconds=0.4)).open()
    assert len(samples(only)) == 16000
    assert samples(only)[:6000].any()
    assert not samples(only)[6500:].any()


def test_real_time_gives_a_window_when_its_last_sample_would_have_been_heard(tmp_path: Path) -> None:
    sensor = microphone(make_sound(tmp_path / "s.wav", seconds=1.5), window="500ms", pace="real-time")
    begun, begun_ns = time.monotonic(), time.time_ns()
    captures = list(sensor.open())
    assert time.monotonic() - begun >= 1.4
    starts = [(each.captured_ns - begun_ns) / 1e9 for each in captures]
    assert starts == sorted(starts)
    assert starts[0] >= -0.01, "the capture time is that of the window's first sample"
    assert starts[0] < 0.45, "and not that of its last"


def test_a_loop_plays_on_in_real_time(tmp_path: Path) -> None:
    sensor = microphone(
        make_sound(tmp_path / "s.wav", seconds=0.4), window="200ms", pace="real-time", loop=True
    )
    begun = time.monotonic()
    assert len(list(islice(sensor.open(), 5))) == 5
    assert time.monotonic() - begun >= 0.95


def test_the_watchdog_waits_for_long_windows(tmp_path: Path) -> None:
    sensor = microphone(make_sound(tmp_path / "s.wav"), window="10s", hop="30s")
    assert sensor.stall_seconds > 30


def test_the_sound_of_a_video_is_heard(tmp_path: Path) -> None:
    assert len(list(microphone(make_sound(tmp_path / "film.mp4")).open())) == 2


def test_a_silent_video_says_that_it_holds_no_sound(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="holds no sound"):
        next(microphone(make_clip(tmp_path / "clip.mp4", frames=3)).open())


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(PermanentFault, match="there is no file"):
        next(microphone(tmp_path / "nowhere.wav").open())


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [("window", "soon", "'soon' is no duration"), ("hop", "1us", "less than one sample")],
)
def test_a_duration_that_is_none_names_its_option(tmp_path: Path, option: str, text: str, says: str) -> None:
    with pytest.raises(PermanentFault, match=f"option `{option}`.*{says}"):
        microphone(tmp_path / "s.wav", **{option: text})
