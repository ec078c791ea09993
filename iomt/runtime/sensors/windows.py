"""Cutting a stream of samples into windows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iomt.contract.media import PCM
from iomt.contract.quantity import BadQuantity, seconds
from iomt.runtime.device import PermanentFault

_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Windowing:
    """``rate`` in samples a second; ``window`` and ``hop`` (start to start) in samples."""

    rate: int
    window: int
    hop: int

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> "Windowing":
        """From the options ``rate``, ``window`` and ``hop``. Raises `PermanentFault`."""
        rate = int(options.get("rate", 16000))
        window = options.get("window", "1s")
        return cls(rate, _samples("window", window, rate), _samples("hop", options.get("hop", window), rate))

    @property
    def media_type(self) -> str:
        """As it stands in the headers of every window."""
        whole = f"{PCM};rate={self.rate};channels=1;format=s16le"
        # Who puts windows together again must know what two of them have in common.
        return whole if self.hop == self.window else f"{whole};hop={self.hop}"


class WindowCutter:
    """Takes s16le samples in pieces of any length and gives whole windows."""

    def __init__(self, windowing: Windowing) -> None:
        self._window = windowing.window * _SAMPLE_BYTES
        self._hop = windowing.hop * _SAMPLE_BYTES
        self._pending = bytearray()
        self._skip = 0  # bytes still to come that lie between two windows
        self.given = 0

    def push(self, samples: bytes) -> Iterator[bytes]:
        """The windows that these samples make whole."""
        self._pending += samples
        self._drop(self._skip)
        while len(self._pending) >= self._window:
            window = bytes(self._pending[: self._window])
            self._drop(self._hop)
            self.given += 1
            yield window

    def rest(self) -> bytes:
        """A sound shorter than one window, filled up with silence; else nothing."""
        if self.given or not self._pending:
            return b""
        self.given += 1
        return bytes(self._pending.ljust(self._window, b"\0"))

    def _drop(self, count: int) -> None:
        self._skip = max(0, count - len(self._pending))
        del self._pending[:count]


def _samples(option: str, text: str, rate: int) -> int:
    try:
        count = round(seconds(text) * rate)
    except BadQuantity as error:
        raise PermanentFault(f"option `{option}`: {error}") from error
    if count < 1:
        raise PermanentFault(
            f"option `{option}` is {text}, less than one sample: write a duration such as 1s"
        )
    return count
