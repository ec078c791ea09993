"""Opening a media file, with a text for the user where it cannot be opened."""

import logging
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from iomt.runtime.device import PermanentFault

_TEXT_FORMATS = {"tty"}
"""FFmpeg plays a .txt as a film of its letters; nobody means that."""


@dataclass(slots=True)
class Tally:
    """How reading went: packets read, items given (pictures, windows), packets that could not be
    decoded. ``promised`` is how many packets the file's header says, 0 where it says none.
    """

    packets: int = 0
    given: int = 0
    skipped: int = 0
    promised: int = 0
    error: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing of the file is missing, as far as one can know."""
        return not (self.error or self.skipped or self.packets < self.promised)


def log_end(log: logging.Logger, path: Path, tally: Tally, items: str) -> None:
    """Tell that a recording came to its end, and whether that was all of it."""
    details = {"frames": tally.given, "skipped": tally.skipped}
    if tally.whole:
        log.info("%s ended after %d %s", path, tally.given, items, extra=details)
        return
    of = f" of the {tally.promised} that its header names" if tally.packets < tally.promised else ""
    skipped = f", skipped {tally.skipped} that cannot be decoded" if tally.skipped else ""
    why = f" ({tally.error})" if tally.error else ""
    log.warning(
        "%s is cut off or damaged: gave %d %s%s%s%s",
        path,
        tally.given,
        items,
        of,
        skipped,
        why,
        extra=details,
    )


def open_recording(path: Path) -> InputContainer:
    """Open a file. Raises `PermanentFault` that says what is wrong with it and what to do."""
    if not path.exists():
        raise PermanentFault(
            f"there is no file {path}: check the option `path` (it starts at the graph file's folder)"
        )
    if not path.is_file():
        raise PermanentFault(f"{path} is no file: write the path of one recording in the option `path`")
    try:
        container = av.open(str(path))
    except PermissionError as error:
        raise PermanentFault(f"{path} may not be read: give the user of this process the right to") from error
    except av.FFmpegError as error:
        raise PermanentFault(f"{path} {_unreadable(path, error)}") from error
    if container.format.name in _TEXT_FORMATS:
        container.close()
        raise PermanentFault(f"{path} is a text, not a recording: check the option `path`")
    return container


def video_of(container: InputContainer, path: Path) -> VideoStream:
    """The first stream of moving pictures; a cover picture in a sound file is none."""
    for stream in container.streams.video:
        if not stream.disposition & stream.disposition.attached_pic:
            return stream
    instead = (
        "only sound (the device for that is microphone-file)" if container.streams.audio else "no pictures"
    )
    raise PermanentFault(f"{path} holds {instead}: `path` must name a video")


def audio_of(container: InputContainer, path: Path) -> AudioStream:
    """The first stream of sound."""
    if container.streams.audio:
        return container.streams.audio[0]
    raise PermanentFault(f"{path} holds no sound: `path` must name a sound file, or a video with sound")


def _unreadable(path: Path, error: av.FFmpegError) -> str:
    size = path.stat().st_size
    if size == 0:
        return "is empty: copy or record it again"
    if isinstance(error, av.InvalidDataError):
        return (
            f"({size} bytes) is no recording that can be read: it is of another kind, "
            "or cut off before its index; copy it again, or convert it with `ffmpeg -i IN OUT.mp4`"
        )
    return f"cannot be opened: {error.strerror}"
