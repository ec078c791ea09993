"""Media types that flow over links, and how an offer matches what a port accepts."""

from functools import lru_cache

JPEG = "image/jpeg"
PCM = "audio/pcm"
DETECTIONS = "application/vnd.iomt.detections+json"
LABELS = "application/vnd.iomt.labels+json"
SEGMENTS = "application/vnd.iomt.segments+json"
DEPTH = "application/vnd.iomt.depth+json"
POSES = "application/vnd.iomt.poses+json"
TEXT = "application/vnd.iomt.text+json"
EMBEDDING = "application/vnd.iomt.embedding+json"
ANY = "*/*"

_EXTENSIONS = {JPEG: "jpg", PCM: "pcm"} | dict.fromkeys(
    (DETECTIONS, LABELS, SEGMENTS, DEPTH, POSES, TEXT, EMBEDDING), "json"
)


def essence(media_type: str) -> str:
    """The type without parameters: ``audio/pcm;rate=16000`` -> ``audio/pcm``."""
    return media_type.partition(";")[0].strip().lower()


def parameters(media_type: str) -> dict[str, str]:
    """The parameters: ``audio/pcm;rate=16000;channels=1`` -> ``{"rate": "16000", "channels": "1"}``."""
    pairs = (part.partition("=") for part in media_type.split(";")[1:])
    return {key.strip().lower(): value.strip() for key, _, value in pairs if key.strip()}


@lru_cache(maxsize=1024)
def accepts(accepted: str, offered: str) -> bool:
    """Whether a port that accepts ``accepted`` (may hold ``*``) takes ``offered``.

    An offer with a wildcard of its own (a model whose task is not known yet) is taken
    when the two can overlap.
    """
    for left, right in zip(essence(accepted).partition("/"), essence(offered).partition("/"), strict=True):
        if left != right and "*" not in (left, right):
            return False
    return True


def short_name(media_type: str) -> str:
    """As people call it: ``application/vnd.iomt.detections+json`` -> ``detections``."""
    if media_type == "application/*":
        return "results"
    return media_type.removeprefix("application/vnd.iomt.").removesuffix("+json")


def extension(media_type: str) -> str:
    """File extension of an object of this type, without the dot."""
    return _EXTENSIONS.get(essence(media_type), "bin")
