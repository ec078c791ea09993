"""Real media files for tests, made with PyAV."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def make_clip(
    path: Path, codec: str = "libx264", size: tuple[int, int] = (96, 64), frames: int = 20, rate: int = 10,
    options: dict[str, str] | None = None, grain: int = 0,
) -> Path:  # fmt: skip
    """A clip whose every picture differs: a grey that rises, with a white square that moves.

    ``path``'s ending chooses the container; ``size`` is width, height in pixels. ``grain`` is
    noise in levels, so that packets have some size.
    """
    width, height = size
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = {"mjpeg": "yuvj420p", "png": "rgb24"}.get(codec, "yuv420p")
        if width % 2 or height % 2:  # planes of half size need 4:4:4
            stream.pix_fmt = "yuvj444p" if codec == "mjpeg" else "yuv444p"
        for number in range(frames):
            picture = np.full((height, width, 3), 20 + 10 * number % 200, np.uint8)
            left = number * 2 % (width - 16)
            picture[8:24, left : left + 16] = 255
            if grain:
                noise = np.random.default_rng(number).integers(-grain, grain + 1, picture.shape)
                picture = np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            frame.time_base = Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_sound(path: Path, seconds: float = 2.0, rate: int = 22050, hertz: float = 440.0) -> Path:
    """A stereo sine, the same on both sides; ``path``'s ending chooses the container."""
    times = np.arange(round(seconds * rate)) / rate
    mono = (0.5 * 32767 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)
    codec = {".wav": "pcm_s16le", ".mp4": "aac", ".m4a": "aac", ".flac": "flac"}[path.suffix]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.repeat(mono, 2)[None, :], format="s16", layout="stereo")
        frame.sample_rate = rate
        frame.pts = 0
        resampler = av.AudioResampler(stream.codec_context.format, "stereo", rate, stream.frame_size or None)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def packets(path: Path) -> list[bytes]:
    """The video packets of a file as they stand in it."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]
