"""Pictures and sounds that the tiny models of devices/models were trained to know."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

MODELS = Path(__file__).parent.parent / "devices" / "models"
SHAPES, DIGITS, SOUNDS = MODELS / "shapes-rtdetr", MODELS / "digits-resnet", MODELS / "sounds-ast"
RED, BLUE = (220, 30, 30), (30, 30, 220)
RATE = 16000


@dataclass(frozen=True, slots=True)
class Shape:
    """What was drawn where: corners in pixels."""

    label: str
    corners: tuple[float, float, float, float]


def draw_shapes(seed: int, size: tuple[int, int] = (320, 240)) -> tuple[Image.Image, list[Shape]]:
    """One to four red boxes and blue discs that do not touch, on a grey ground."""
    random = np.random.default_rng(seed)
    width, height = size
    image = Image.new("RGB", size, (int(random.integers(60, 200)),) * 3)
    pen = ImageDraw.Draw(image)
    shapes: list[Shape] = []
    for _ in range(int(random.integers(1, 5))):
        for _ in range(20):
            wide, high = random.uniform(0.12, 0.42, 2) * size
            left, top = random.uniform(0, width - wide), random.uniform(0, height - high)
            corners = (left, top, left + wide, top + high)
            if not any(_touch(corners, shape.corners) for shape in shapes):
                break
        else:
            continue
        if random.integers(0, 2):
            pen.ellipse(corners, fill=BLUE)
            shapes.append(Shape("blue disc", corners))
        else:
            pen.rectangle(corners, fill=RED)
            shapes.append(Shape("red box", corners))
    return image, shapes


def jpeg(image: Image.Image, quality: int = 95, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, **options)
    return buffer.getvalue()


# Two of the 8x8 digits of the UCI optical recognition set (Alpaydin and Kaynak, 1998; CC BY 4.0),
# which the model was trained on: 16 levels of ink.
_INK = {
    "0": ("005d9100", "00dfaf50", "03f20b80", "04c00880", "05800980", "04b01c70", "02e5ac00", "006da000"),
    "1": ("000cd500", "000bg900", "003fg600", "07fgg200", "001gg300", "001gg600", "001gg600", "000bga00"),
}


def digit(name: str) -> Image.Image:
    ink = [[int(level, 17) for level in row] for row in _INK[name]]
    levels = np.clip(np.array(ink) * 15.9375, 0, 255).astype(np.uint8)
    return Image.fromarray(levels).resize((64, 64), Image.Resampling.BILINEAR).convert("RGB")


def sound(name: str, seed: int, rate: int = RATE) -> NDArray[np.float32]:
    """One second of silence, noise, beep or siren; -1 to 1."""
    random = np.random.default_rng(seed)
    times = np.arange(rate) / rate
    wave = random.normal(0, 0.002, rate)
    loud = random.uniform(0.1, 0.5)
    if name == "noise":
        wave = random.normal(0, loud, rate)
    elif name == "beep":
        on = (times * random.uniform(2, 5)) % 1 < 0.5
        wave += loud * np.sin(2 * np.pi * random.uniform(600, 2000) * times) * on
    elif name == "siren":
        hertz = 900 + 400 * np.sin(2 * np.pi * random.uniform(0.7, 2) * times + random.uniform(0, 6))
        wave += loud * np.sin(2 * np.pi * np.cumsum(hertz) / rate)
    return np.clip(wave, -1, 1).astype(np.float32)


def pcm(samples: NDArray[np.float32]) -> bytes:
    return (samples * 32767).round().astype("<i2").tobytes()


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
