"""Pixels as JPEG."""

import numpy as np
import simplejpeg
from PIL import Image


def to_jpeg(image: Image.Image, quality: int) -> bytes:
    """An RGB picture as JPEG of a quality from 1 to 100."""
    pixels = np.ascontiguousarray(np.asarray(image))
    body: bytes = simplejpeg.encode_jpeg(pixels, quality=quality, colorsubsampling="420")
    return body
