"""A camera at this machine's USB port: Video4Linux, or AVFoundation on macOS."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from iomt.contract.media import JPEG
from iomt.runtime.device import Capture, Context, PermanentFault, Sensor, SourceFault
from iomt.runtime.sensors.recording import Tally
from iomt.runtime.sensors.video import pictures

_DEFAULT = "/dev/video0"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to open the camera: what FFmpeg calls file, format and options."""

    file: str
    format: str
    options: dict[str, str]


def attempts(options: dict[str, Any], platform: str) -> tuple[Attempt, ...]:
    """The ways to try, best first.

    JPEG made by the camera passes through untouched and fits ten times more pictures through USB 2
    than raw ones; a camera without it is read as it is. Raises `PermanentFault` where there is no
    way at all.
    """
    device = str(options.get("device", _DEFAULT))
    asked = {}
    if size := options.get("size"):
        asked["video_size"] = str(size)
    if rate := options.get("rate"):
        asked["framerate"] = str(rate)
    if platform == "linux":
        return (
            Attempt(device, "v4l2", {"input_format": "mjpeg", **asked}),
            Attempt(device, "v4l2", asked),
        )
    if platform == "darwin":
        # AVFoundation counts cameras; the default of the declaration means the first.
        index = "0" if device == _DEFAULT else device
        # Without a rate FFmpeg asks for 29.97, which most of Apple's cameras refuse.
        return (Attempt(index, "avfoundation", {"framerate": "30", **asked}),)
    raise PermanentFault(
        f"usb-camera works on Linux and macOS, not on {platform}: use rtsp-camera or video-file"
    )


class UsbCamera(Sensor):
    """Options ``device``, ``size``, ``rate``, ``quality``.

    A missing camera is a `SourceFault`: it may be plugged in again. A picture's capture time is
    when it was read from the camera. Video4Linux cannot be given a time limit, so that a camera
    that hangs is noticed by the shell's watchdog.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._quality = int(context.options.get("quality", 85))
        self._attempts = attempts(context.options, sys.platform)

    def open(self) -> Iterator[Capture]:
        """Give pictures until the camera is pulled out."""
        device = self._attempts[0].file
        tally = Tally()
        with self._connect() as container:
            try:
                for picture in pictures(container, container.streams.video[0], self._quality, tally):
                    yield Capture(picture.body, picture.read_ns, JPEG, picture.width, picture.height)
            except av.FFmpegError as error:
                raise SourceFault(f"camera {device} was lost: {error.strerror}") from error
        raise SourceFault(f"camera {device} stopped after {tally.given} frames")

    def _connect(self) -> InputContainer:
        first = self._attempts[0]
        if first.format == "v4l2" and not Path(first.file).exists():
            raise SourceFault(f"there is no camera {first.file}: {cameras_there(Path('/dev'))}")
        faults = []
        for attempt in self._attempts:
            try:
                return av.open(attempt.file, format=attempt.format, options=attempt.options)
            except (av.FFmpegError, ValueError) as error:
                faults.append(error)
        raise SourceFault(f"camera {first.file} cannot be opened: {_refused(faults[-1])}") from faults[-1]


def cameras_there(folder: Path) -> str:
    """What to do about a missing camera: names those that are there."""
    found = sorted(str(path) for path in folder.glob("video*"))
    if found:
        return f"this machine has {', '.join(found)}; write one of them in the option `device`"
    return "this machine has no camera; plug one in (in a container: pass its device through)"


def _refused(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "permission denied; add the user of this process to the group `video`"
    if isinstance(error, av.OSError) and error.errno == 16:
        return "another program uses it"
    return f"{getattr(error, 'strerror', None) or error}; check the options `size` and `rate`"
