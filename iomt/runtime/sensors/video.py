"""Moving pictures as JPEG: what every camera-like sensor shares.

A stream that is JPEG already (MJPEG, most USB cameras) is passed through untouched, which costs
nothing and loses nothing. Any other is decoded, turned into RGB and encoded again.

Measured (one core, 768x576 | 640x272, ms a frame after decoding): RGB with one kept converter
2.07 | 0.72; `VideoFrame.to_ndarray` 2.10 | 1.09; planes of yuv420p straight to the encoder
2.24 | 0.82, whose green is also 2 levels off, because video keeps luma in 16..235. So: RGB.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import simplejpeg
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from iomt.runtime.sensors.recording import Tally

_RATE_UNKNOWN = 25.0


@dataclass(frozen=True, slots=True)
class Picture:
    """One JPEG. ``seconds`` is its time in the stream, ``read_ns`` when its bytes were read (UTC)."""

    body: bytes
    width: int
    height: int
    seconds: float
    read_ns: int


class Silence(Exception):
    """A live source gave nothing for too long."""


def pictures(
    container: InputContainer, stream: VideoStream, quality: int, tally: Tally, longest_wait: float = math.inf
) -> Iterator[Picture]:
    """Every picture of the stream in the order of showing; what cannot be decoded is skipped.

    Raises av.FFmpegError when the container itself cannot be read on, and `Silence` when a packet
    took ``longest_wait`` seconds to come. (At a time-out of its own, FFmpeg first hands out what
    its parser held back, as if it had come now, and would then wait for as long again.)
    """
    # One thread: measured no slower for files of camera size, no frame of delay, and one process
    # per node fills the cores already.
    stream.codec_context.thread_count = 1
    read = _untouched if stream.codec_context.name == "mjpeg" else _Decoding(quality)
    clock = _StreamClock(stream)
    asked = time.monotonic()
    for packet in container.demux(stream):
        read_ns = time.time_ns()
        if time.monotonic() - asked >= longest_wait:
            raise Silence
        tally.packets += bool(packet.size)
        try:
            for jpeg in read(packet):
                tally.given += 1
                yield Picture(jpeg.body, jpeg.width, jpeg.height, clock.at(jpeg.seconds), read_ns)
        except (av.FFmpegError, ValueError):
            tally.skipped += 1
        asked = time.monotonic()


def frame_seconds(stream: VideoStream) -> float:
    """How long one picture of the stream stays, as far as the stream says."""
    rate = stream.average_rate or stream.guessed_rate
    return float(1 / rate) if rate else 1 / _RATE_UNKNOWN


class _StreamClock:
    """Times of pictures; where the stream gives none, its frame rate does."""

    def __init__(self, stream: VideoStream) -> None:
        self._step = frame_seconds(stream)
        self._next = 0.0

    def at(self, seconds: float | None) -> float:
        now = self._next if seconds is None else seconds
        self._next = now + self._step
        return now


@dataclass(frozen=True, slots=True)
class _Jpeg:
    body: bytes
    width: int
    height: int
    seconds: float | None


def _untouched(packet: "Packet[VideoStream]") -> Iterator[_Jpeg]:
    """The packet as it is. Raises ValueError for one that is no whole JPEG."""
    if not packet.size:  # the mark of the end
        return
    body = bytes(packet)
    height, width, _, _ = simplejpeg.decode_jpeg_header(body)
    if body.rfind(b"\xff\xd9") < 0:
        raise ValueError("a JPEG without its end: the recording or the transfer was cut off")
    yield _Jpeg(body, width, height, None if packet.pts is None else float(packet.pts * packet.time_base))


class _Decoding:
    """Packet to pictures, turned upright as the file's rotation says."""

    def __init__(self, quality: int) -> None:
        self._quality = quality
        self._converter = VideoReformatter()

    def __call__(self, packet: "Packet[VideoStream]") -> Iterator[_Jpeg]:
        for frame in packet.decode():
            yield self._encode(frame)

    def _encode(self, frame: VideoFrame) -> _Jpeg:
        # threads=1: PyAV 17 and later would start one for every core of the host.
        converted = self._converter.reformat(frame, format="rgb24", threads=1)
        rgb: NDArray[Any] = converted.to_ndarray()
        if frame.rotation % 360:
            # Phones record lying pictures and say how to turn them (degrees, counter-clockwise).
            rgb = np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90)))
        height, width = rgb.shape[:2]
        body = simplejpeg.encode_jpeg(rgb, quality=self._quality, colorsubsampling="420")
        return _Jpeg(body, width, height, frame.time)
