"""Sound as mono 16-bit samples at one rate."""

from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from iomt.runtime.sensors.recording import Tally


def samples(container: InputContainer, stream: AudioStream, rate: int, tally: Tally) -> Iterator[bytes]:
    """The stream's sound, s16le, in pieces of any length; what cannot be decoded is skipped.

    Raises av.FFmpegError when the container itself cannot be read on.
    """
    resampler = AudioResampler(format="s16", layout="mono", rate=rate)
    for packet in container.demux(stream):
        tally.packets += bool(packet.size)
        try:
            pieces = [_resample(resampler, frame) for frame in packet.decode()]
        except (av.FFmpegError, ValueError):  # ValueError: the sound's form changed on the way
            tally.skipped += 1
            continue
        yield from pieces
    yield _resample(resampler, None)


def _resample(resampler: AudioResampler, frame: AudioFrame | None) -> bytes:
    """With None: what the resampler still held back."""
    return b"".join(
        part.to_ndarray().astype("<i2", copy=False).tobytes() for part in resampler.resample(frame)
    )
