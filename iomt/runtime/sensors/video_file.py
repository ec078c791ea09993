"""A video file played as a camera."""

from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import av

from iomt.contract.media import JPEG
from iomt.runtime.device import Capture, Context, PermanentFault, Sensor
from iomt.runtime.sensors.pacing import Pacer
from iomt.runtime.sensors.recording import Tally, log_end, open_recording, video_of
from iomt.runtime.sensors.video import frame_seconds, pictures


class VideoFile(Sensor):
    """Options ``path``, ``loop``, ``pace`` (real-time | fastest), ``quality``.

    A picture's capture time is the wall clock at the time it is given, as if a camera had taken it
    then. A damaged or cut off file gives what can be read of it, and says in the log how much.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        options = context.options
        self._path = Path(options["path"])
        self._loop = bool(options.get("loop", False))
        self._quality = int(options.get("quality", 85))
        self.live = options.get("pace", "real-time") == "real-time"

    def open(self) -> Iterator[Capture]:
        """Give the clip's pictures, once or for ever."""
        pacer = Pacer() if self.live else None
        while True:
            yield from self._play(pacer)
            if not self._loop:
                return

    def _play(self, pacer: Pacer | None) -> Iterator[Capture]:
        tally = Tally()
        with open_recording(self._path) as container:
            stream = video_of(container, self._path)
            tally.promised = stream.frames
            try:
                for picture in pictures(container, stream, self._quality, tally):
                    if pacer:
                        pacer.wait(picture.seconds)
                    yield Capture(picture.body, time_ns(), JPEG, picture.width, picture.height)
            except av.FFmpegError as error:
                tally.error = error.strerror or str(error)
            if not tally.given:
                raise PermanentFault(
                    f"no picture of {self._path} can be read: copy or record it again "
                    "(`ffmpeg -i IN OUT.mp4` may save it)"
                )
            if pacer:
                pacer.restart(lead=frame_seconds(stream))
        # A looping clip that is whole has nothing to tell; one that is not tells it in every loop.
        if not (tally.whole and self._loop):
            log_end(self.context.log, self._path, tally, "frames")
