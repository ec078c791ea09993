import asyncio

import numpy as np
import pytest

from iomt.contract.envelope import Envelope
from iomt.contract.media import parameters
from iomt.contract.settings import Input
from iomt.runtime.converters.audio_windows import AudioWindows
from iomt.runtime.device import Message, Rejected
from tests.contexts import make_context
from tests.specimens import pcm, sound

_LINK = Input("hall.audio->cut.audio", "audio", "hall", "latest", "nats")
_SECOND = 10**9


def _message(number, samples, rate=16000, begin=0.0, extra="", source="hall"):
    media = f"audio/pcm;rate={rate};channels=1;format=s16le{extra}"
    about = Envelope(
        source,
        "audio",
        7,
        number,
        source,
        number,
        round(begin * _SECOND),
        media,
        message_id=f"{source}-{number}",
    )
    return Message(about, samples.astype("<i2").tobytes(), _LINK)


def _pieces(samples, length, rate=16000, first=1):
    return [
        _message(first + number, samples[start : start + length], rate, begin=10 + start / rate)
        for number, start in enumerate(range(0, len(samples), length))
    ]


def _run(folder, messages, **options):
    context = make_context(folder, options)

    async def scene():
        device = AudioWindows(context)
        for message in messages:
            await device.handle(message)

    asyncio.run(scene())
    return context.publish


def _samples(published):
    return [np.frombuffer(capture.body, "<i2") for _, capture, _ in published.items]


def test_short_pieces_become_whole_windows_sample_for_sample(tmp_path):
    samples = np.arange(16000 * 3, dtype=np.int64) % 30000
    published = _run(tmp_path, _pieces(samples, 1111), window="500ms")
    assert np.array_equal(np.concatenate(_samples(published)), samples)
    assert [capture.captured_ns for _, capture, _ in published.items] == pytest.approx(
        [(10 + number / 2) * _SECOND for number in range(6)], abs=100
    )
    assert all(port == "audio" for port, _, _ in published.items)


def test_a_long_piece_gives_several_windows_with_parts_of_their_own(tmp_path):
    samples = np.arange(16000 * 2)
    published = _run(tmp_path, [_message(5, samples % 999, begin=3)], window="500ms")
    assert published.parts == [1, 2, 3, 4]
    assert [origin.frame for _, _, origin in published.items] == [5] * 4
    assert [capture.captured_ns for _, capture, _ in published.items] == [
        round(second * _SECOND) for second in (3, 3.5, 4, 4.5)
    ]


def test_windows_may_overlap_and_say_so(tmp_path):
    samples = np.arange(16000)
    published = _run(tmp_path, _pieces(samples, 4000), window="500ms", hop="250ms")
    starts = [window[0] for window in _samples(published)]
    assert starts == [0, 4000, 8000]
    media_type = published.items[0][1].media_type
    assert parameters(media_type)["hop"] == "4000"
    again = [
        _message(number, window, begin=number, extra=";hop=4000")
        for number, window in enumerate(_samples(published), 1)
    ]
    (tmp_path / "again").mkdir()
    back = _run(tmp_path / "again", again, window="250ms")
    assert np.array_equal(np.concatenate(_samples(back)), samples[:12000])


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_another_rate_is_resampled_over_the_ends_of_pieces(tmp_path, rate):
    times = np.arange(rate * 3) / rate
    tone = (np.sin(2 * np.pi * 440 * times) * 12000).round()
    published = _run(tmp_path, _pieces(tone, rate // 7, rate), window="1s", rate=16000)
    windows = _samples(published)
    assert len(windows) == 2 or len(windows) == 3
    for window in windows:
        assert len(window) == 16000
        spectrum = np.abs(np.fft.rfft(window * np.hanning(16000)))
        assert np.argmax(spectrum) == 440
        # A click at the end of each piece would be heard at all frequencies.
        assert np.delete(spectrum, range(430, 451)).max() < spectrum[440] / 300


def test_two_channels_become_one(tmp_path):
    both = np.stack([np.full(16000, 1000), np.full(16000, 3000)], axis=1).reshape(-1)
    message = _message(1, both)
    about = message.envelope
    stereo = Envelope(
        *("hall", "audio", 7, 1, "hall", 1, 0), about.media_type.replace("channels=1", "channels=2")
    )
    (window,) = _samples(_run(tmp_path, [Message(stereo, message.body, _LINK)]))
    assert set(window) == {2000}


def test_a_window_never_spans_a_gap(tmp_path):
    samples = np.arange(16000 * 2) % 30000
    pieces = _pieces(samples, 4000)
    published = _run(tmp_path, pieces[:3] + pieces[4:], window="500ms")
    starts = [window[0] for window in _samples(published)]
    assert starts == [samples[0], samples[16000], samples[24000]]
    captured = [capture.captured_ns for _, capture, _ in published.items]
    assert captured == [10 * _SECOND, 11 * _SECOND, round(11.5 * _SECOND)]


def test_a_message_that_comes_again_gives_the_same_windows_again(tmp_path):
    pieces = _pieces(np.arange(16000) % 999, 4000)
    published = _run(tmp_path, [*pieces[:2], pieces[1], *pieces[2:]], window="500ms")
    identities = [
        (origin.message_id, part)
        for (_, _, origin), part in zip(published.items, published.parts, strict=True)
    ]
    assert identities == [("hall-2", 1), ("hall-2", 1), ("hall-4", 1)]
    windows = _samples(published)
    assert np.array_equal(windows[0], windows[1])
    assert windows[2][0] == 8000 % 999


def test_sources_are_kept_apart(tmp_path):
    one, other = np.full(8000, 1), np.full(8000, 2)
    messages = [_message(number, piece, source=source) for number in (1, 2)
                for source, piece in (("hall", one), ("yard", other))]  # fmt: skip
    windows = _samples(_run(tmp_path, messages))
    assert [set(window) for window in windows] == [{1}, {2}]


def test_the_windows_are_what_the_model_was_trained_on(tmp_path):
    """Half-second pieces of a siren at 48 kHz are whole seconds at 16 kHz again."""
    siren = np.frombuffer(pcm(sound("siren", 3)), "<i2")
    published = _run(tmp_path, _pieces(np.repeat(siren, 3), 24000, 48000), window="900ms")
    (window,) = _samples(published)
    assert np.corrcoef(window[100:14000], siren[100:14000])[0, 1] > 0.9


@pytest.mark.parametrize("media", ["audio/pcm", "audio/pcm;rate=16000;format=f32le", "audio/pcm;rate=0"])
def test_sound_that_nobody_can_read_is_rejected(tmp_path, media):
    about = Envelope("hall", "audio", 7, 1, "hall", 1, 0, media)
    with pytest.raises(Rejected):
        _run(tmp_path, [Message(about, b"\0\0", _LINK)])
