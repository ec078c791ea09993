"""A sound file played as a microphone: mono windows of 16-bit samples."""

from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import av

from iomt.runtime.device import Capture, Context, PermanentFault, Sensor
from iomt.runtime.sensors.pacing import Pacer
from iomt.runtime.sensors.recording import Tally, audio_of, log_end, open_recording
from iomt.runtime.sensors.sound import samples
from iomt.runtime.sensors.windows import WindowCutter, Windowing


class MicrophoneFile(Sensor):
    """Options ``path``, ``loop``, ``pace`` (real-time | fastest), ``rate``, ``window``, ``hop``.

    A window is given when its last sample would have been heard; its capture time is that of its
    first sample. The rest at the end that fills no window is left out, unless the whole sound is
    shorter than one window: then it is filled up with silence.
    """

    port = "audio"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        options = context.options
        self._path = Path(options["path"])
        self._loop = bool(options.get("loop", False))
        self._windowing = Windowing.from_options(options)
        self.live = options.get("pace", "real-time") == "real-time"
        # Between two windows more time may pass than a camera's watchdog allows.
        step = (self._windowing.window + self._windowing.hop) / self._windowing.rate
        self.stall_seconds = Sensor.stall_seconds + step

    def open(self) -> Iterator[Capture]:
        """Give the sound's windows, once or for ever."""
        pacer = Pacer(longest_step=self.stall_seconds) if self.live else None
        while True:
            yield from self._play(pacer)
            if not self._loop:
                return

    def _play(self, pacer: Pacer | None) -> Iterator[Capture]:
        rate, window, hop = self._windowing.rate, self._windowing.window, self._windowing.hop
        window_ns = window * 1_000_000_000 // rate
        tally = Tally()
        if pacer:
            pacer.wait(0.0)
        for body in self._windows(tally):
            if pacer:
                pacer.wait((tally.given * hop + window) / rate)
            tally.given += 1
            yield Capture(body, time_ns() - window_ns, self._windowing.media_type)
        if not tally.given:
            raise PermanentFault(f"no sound of {self._path} can be read: copy or record it again")
        if not (tally.whole and self._loop):
            log_end(self.context.log, self._path, tally, "windows")
        if pacer and self._loop:
            pacer.restart()

    def _windows(self, tally: Tally) -> Iterator[bytes]:
        cutter = WindowCutter(self._windowing)
        with open_recording(self._path) as container:
            stream = audio_of(container, self._path)
            try:
                for piece in samples(container, stream, self._windowing.rate, tally):
                    yield from cutter.push(piece)
            except av.FFmpegError as error:
                tally.error = error.strerror or str(error)
        if rest := cutter.rest():
            yield rest
