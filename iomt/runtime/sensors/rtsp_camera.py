"""A network camera, read over RTSP."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import av
from av.container import InputContainer

from iomt.contract.media import JPEG
from iomt.runtime.device import Capture, Context, Sensor, SourceFault
from iomt.runtime.sensors.recording import Tally
from iomt.runtime.sensors.video import Silence, pictures

_OPEN_SECONDS, _READ_SECONDS = 4.0, 3.0
"""A camera that says nothing for longer is away. Both stay below the shell's watchdog (5 s)."""

_SILENT = f"sent nothing for {_READ_SECONDS:g} s"

_LOW_DELAY = {
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "200000",
    "probesize": "65536",
}
"""Measured: opens in .33 s, against some 5 s that FFmpeg would take to look at the stream."""


class RtspCamera(Sensor):
    """Options ``url``, ``transport`` (tcp | udp), ``quality``.

    A picture's capture time is when its bytes came in. Whatever goes wrong may pass (a camera that
    restarts, a cable), so every fault is a `SourceFault`; none shows the URL's password.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        options = context.options
        self._url = str(options["url"])
        self._transport = str(options.get("transport", "tcp"))
        self._quality = int(options.get("quality", 85))

    def open(self) -> Iterator[Capture]:
        """Connect and give pictures until the camera is away."""
        shown = without_credentials(self._url)
        tally = Tally()
        with self._connect(shown) as container:
            if not container.streams.video:
                raise SourceFault(f"{shown} sends no video: check the path in the option `url`")
            stream = container.streams.video[0]
            try:
                for picture in pictures(container, stream, self._quality, tally, _READ_SECONDS):
                    yield Capture(picture.body, picture.read_ns, JPEG, picture.width, picture.height)
            except Silence:
                raise SourceFault(f"{shown} {_SILENT}, after {tally.given} frames") from None
            except av.FFmpegError as error:
                raise SourceFault(f"{shown} {_lost(error)}, after {tally.given} frames") from None
        raise SourceFault(f"{shown} closed the stream after {tally.given} frames")

    def _connect(self, shown: str) -> InputContainer:
        begun = time.monotonic()
        try:
            return av.open(
                self._url,
                options={"rtsp_transport": self._transport, **_LOW_DELAY},
                timeout=(_OPEN_SECONDS, _READ_SECONDS),
            )
        except av.FFmpegError as error:
            # FFmpeg tells a time-out as whatever it was waiting for; and `from None`, because its
            # own text repeats the URL with its password.
            late = time.monotonic() - begun >= _OPEN_SECONDS
            why = f"no answer within {_OPEN_SECONDS:g} s" if late else _refused(error)
            raise SourceFault(f"{shown} cannot be opened: {why}") from None


def without_credentials(url: str) -> str:
    """The URL with user and password as stars, for logs: ``rtsp://***@10.0.0.12/stream1``."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket too many; FFmpeg will say what it makes of it
        return "rtsp://***"
    _, at, host = parts.netloc.rpartition("@")
    # A query may hold a password as well (`?user=admin&password=...`): cameras of many makes do it.
    query = "***" if parts.query else ""
    return urlunsplit((parts.scheme, f"***@{host}" if at else host, parts.path, query, ""))


def _refused(error: av.FFmpegError) -> str:
    match error:
        case av.HTTPUnauthorizedError() | av.HTTPForbiddenError():
            return "it wants a user and password: write rtsp://USER:PASSWORD@HOST/PATH"
        case av.HTTPNotFoundError():
            return "it has no such path: check the one in the option `url`"
        case av.InvalidDataError():
            return "its answer is no video stream"
        case _:
            return error.strerror or type(error).__name__


def _lost(error: av.FFmpegError) -> str:
    if isinstance(error, av.ExitError | av.TimeoutError):
        return _SILENT
    return f"was lost ({error.strerror or type(error).__name__})"
