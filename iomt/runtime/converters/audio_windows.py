"""Sound of any length and rate, cut anew into windows."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from iomt.contract.envelope import Envelope
from iomt.contract.media import parameters
from iomt.runtime.device import Capture, Context, Device, Message, Rejected
from iomt.runtime.sensors.windows import WindowCutter, Windowing

_REMEMBERED = 64
"""Messages whose windows are kept, in case the broker gives one of them again."""


class AudioWindows(Device):
    """Options ``rate``, ``window``, ``hop``, as of a microphone.

    A window goes on over the end of a message. Where messages are missing it would hold two sounds
    that do not belong together: what was begun is left out, and the next window begins after the
    gap. So is what fills no window at the end, or when this process dies.

    A window's capture time is that of its first sample; it bears the frame number of the message
    that made it whole.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._windowing = Windowing.from_options(context.options)
        self._sounds: dict[str, _Sound] = {}
        self._made: OrderedDict[str, list[Capture]] = OrderedDict()

    async def handle(self, message: Message) -> None:
        """Publish the windows that this message makes whole: none, one or several."""
        identity = message.envelope.message_id
        windows = self._made.get(identity) if identity else None
        if windows is None:
            windows = await asyncio.to_thread(self._cut, message)
            self._made[identity] = windows
            while len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        for number, window in enumerate(windows, 1):
            await self.context.publish("audio", window, origin=message.envelope, part=number)

    def _cut(self, message: Message) -> list[Capture]:
        envelope = message.envelope
        piece = _Piece.of(message)
        sound = self._sounds.get(envelope.source)
        if sound is None or not sound.goes_on_with(envelope, piece):
            sound = self._sounds[envelope.source] = _Sound(self._windowing, piece.rate)
        return sound.push(envelope, piece)


@dataclass(frozen=True, slots=True)
class _Piece:
    """The samples of one message that no other message has too, mono, at their own rate.

    ``gap``: some are missing between this message and the next.
    """

    samples: NDArray[np.int16]
    rate: int
    gap: bool

    @classmethod
    def of(cls, message: Message) -> "_Piece":
        """Raises `Rejected`."""
        given = parameters(message.envelope.media_type)
        rate, channels = given.get("rate", ""), given.get("channels", "1")
        if given.get("format", "s16le") != "s16le" or not rate.isdecimal() or channels not in ("1", "2"):
            raise Rejected(
                f"{message.envelope.media_type!r}: expected such as audio/pcm;rate=16000;channels=1"
            )
        width = 2 * int(channels)
        if not message.body or len(message.body) % width or not int(rate):
            raise Rejected(
                f"{len(message.body)} bytes are no whole samples of {channels} channels, 16 bits each"
            )
        samples = np.frombuffer(message.body, "<i2").reshape(-1, int(channels)).mean(axis=1)
        hop = given.get("hop", "")
        step = int(hop) if hop.isdecimal() else len(samples)
        return cls(samples[:step].round().astype(np.int16), int(rate), step > len(samples))


class _Sound:
    """The sound of one source since its last gap."""

    def __init__(self, windowing: Windowing, rate: int) -> None:
        self._windowing = windowing
        self._rate = rate
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=windowing.rate)
        self._cutter = WindowCutter(windowing)
        self._fed = 0
        self._given = 0
        self._begins: deque[tuple[int, int]] = deque()
        self._next = -1

    def goes_on_with(self, envelope: Envelope, piece: _Piece) -> bool:
        """Whether nothing is missing between what came and this."""
        return envelope.frame == self._next and piece.rate == self._rate

    def push(self, envelope: Envelope, piece: _Piece) -> list[Capture]:
        """The windows that this makes whole."""
        self._next = -1 if piece.gap else envelope.frame + 1
        self._begins.append((self._fed, envelope.captured_ns))
        samples = self._resampled(piece)
        self._fed += len(samples) // 2
        return [
            Capture(body, self._captured_ns(), self._windowing.media_type)
            for body in self._cutter.push(samples)
        ]

    def _resampled(self, piece: _Piece) -> bytes:
        if self._rate == self._windowing.rate:
            return piece.samples.astype("<i2", copy=False).tobytes()
        frame = av.AudioFrame.from_ndarray(piece.samples[None, :], format="s16", layout="mono")
        frame.sample_rate = self._rate
        try:
            parts = self._resampler.resample(frame)
        except (av.FFmpegError, ValueError, OverflowError) as error:
            raise Rejected(f"sound of {self._rate} samples a second cannot be resampled: {error}") from error
        return b"".join(part.to_ndarray().astype("<i2", copy=False).tobytes() for part in parts)

    def _captured_ns(self) -> int:
        """Of the next window's first sample, counted from the message that it came in."""
        first = self._given * self._windowing.hop
        self._given += 1
        while len(self._begins) > 1 and self._begins[1][0] <= first:
            self._begins.popleft()
        begin, captured_ns = self._begins[0]
        return captured_ns + (first - begin) * 1_000_000_000 // self._windowing.rate
