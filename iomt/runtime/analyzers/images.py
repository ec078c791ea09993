"""An image's bytes as pixels."""

import io

import numpy as np
import simplejpeg
from PIL import Image, ImageOps

from iomt.runtime.device import Rejected

_MOST_PIXELS = 100_000_000
"""A few hundred bytes can claim to be an image that fills the memory."""
_EXIF = b"Exif\0\0"


def read_image(body: bytes) -> Image.Image:
    """RGB, upright. Raises `Rejected` for what is no image, or cut off.

    simplejpeg takes a third of PIL's time; PIL reads what it does not (other formats, CMYK, small
    faults that a camera's JPEG may have), and a photo that says how to turn it.
    """
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(body)
        _check_size(width, height)
        if _EXIF not in body[:64]:
            return Image.fromarray(np.asarray(simplejpeg.decode_jpeg(body)))
    except ValueError:
        pass
    try:
        with Image.open(io.BytesIO(body)) as image:
            _check_size(*image.size)
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Rejected(f"{len(body)} bytes that are no image: {error}") from error


def _check_size(width: int, height: int) -> None:
    if width * height > _MOST_PIXELS:
        raise Rejected(f"an image of {width}x{height} pixels; at most {_MOST_PIXELS // 10**6} million")
