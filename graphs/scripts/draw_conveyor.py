"""Draw two clips of a conveyor, seen from above, and write the true boxes beside them.

Red boxes and blue discs are set down on the belt at its left end, ride to the right and are taken
off there, so that every shape is whole in every frame that shows it. Between one and four are in
view, as the detector of devices/models/shapes-rtdetr was trained; sometimes three of them are red
boxes, sometimes not. The same seed gives the same frames.

    python graphs/scripts/draw_conveyor.py graphs/media
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

RED_BOX, BLUE_DISC = "red box", "blue disc"
COLOURS = {RED_BOX: (220, 30, 30), BLUE_DISC: (30, 30, 220)}
BELTS = {"conveyor-a": 105, "conveyor-b": 150}
"""Grey of the belt of each clip."""
RIDE_SECONDS = 4.0
"""From the left end to the right one."""
MOST_IN_VIEW = 4
SIDES = {RED_BOX: (0.25, 0.28), BLUE_DISC: (0.24, 0.32)}
"""Width and height of each kind of part, as parts of the picture; a disc is round at 4:3."""
SPREAD = 0.08
"""How much parts of one kind differ, as part of their sides."""
MARGIN = 0.03
GAP = 0.05
"""Least distance between two shapes, as part of the picture."""
SEAM = 4
"""How much darker the seams of the belt are, grey levels; they show that it moves."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing on the belt: sides and height of its centre as parts of the picture, times in seconds."""

    label: str
    placed: float
    width: float
    height: float
    y: float

    def left_at(self, seconds: float) -> float:
        """Its left edge, as part of the picture."""
        return MARGIN + (seconds - self.placed) * (1 - 2 * MARGIN) / RIDE_SECONDS

    def rides_at(self, seconds: float) -> bool:
        """Whether it is on the belt."""
        return self.placed <= seconds and self.left_at(seconds) + self.width <= 1 - MARGIN


@dataclass(frozen=True, slots=True)
class TrueBox:
    """What a frame shows: corners in pixels, the right and lower ones one past the last."""

    label: str
    xmin: int
    ymin: int
    xmax: int
    ymax: int


def place_shapes(seconds: float, generator: np.random.Generator) -> list[Shape]:
    """All shapes of a clip. Reds come in runs, so that three are in view at times and not at others."""
    shapes: list[Shape] = []
    now, run, red = -RIDE_SECONDS, 0, True
    while now < seconds:
        if run == 0:
            red = not red
            run = int(generator.integers(4, 6))
        label = RED_BOX if red or generator.random() < 0.25 else BLUE_DISC
        width, height = (side * generator.uniform(1 - SPREAD, 1 + SPREAD) for side in SIDES[label])
        y = generator.uniform(height / 2 + MARGIN, 1 - height / 2 - MARGIN)
        shape = Shape(label, now, float(width), float(height), float(y))
        riding = [other for other in shapes if other.rides_at(now)]
        if len(riding) < MOST_IN_VIEW and all(_apart(shape, other, now) for other in riding):
            shapes.append(shape)
            run -= 1
            now += float(generator.uniform(0.5, 1.1))
        else:
            now += 0.1
    return shapes


def true_boxes(shapes: list[Shape], seconds: float, width: int, height: int) -> list[TrueBox]:
    """What the frame at this time shows, in whole pixels."""
    boxes = []
    for shape in shapes:
        if not shape.rides_at(seconds):
            continue
        left, top = round(shape.left_at(seconds) * width), round((shape.y - shape.height / 2) * height)
        right, bottom = left + round(shape.width * width), top + round(shape.height * height)
        boxes.append(TrueBox(shape.label, left, top, right, bottom))
    return boxes


def draw_frame(
    boxes: list[TrueBox], seconds: float, width: int, height: int, belt: int
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """One frame: height x width x RGB."""
    picture = np.full((height, width, 3), float(belt))
    pitch = width / 5
    moved = (seconds / RIDE_SECONDS * (1 - 2 * MARGIN) * width) % pitch
    for seam in np.arange(moved, width, pitch):
        picture[:, int(seam) : int(seam) + 2] -= SEAM
    for box in boxes:
        rows = np.arange(box.ymin, box.ymax)[:, None] + 0.5
        columns = np.arange(box.xmin, box.xmax)[None, :] + 0.5
        cover = np.ones((box.ymax - box.ymin, box.xmax - box.xmin))
        if box.label == BLUE_DISC:
            across, along = (box.xmax - box.xmin) / 2, (box.ymax - box.ymin) / 2
            distance = np.hypot((columns - box.xmin) / across - 1, (rows - box.ymin) / along - 1)
            cover = np.clip((1 - distance) * min(across, along) + 0.5, 0, 1)
        area = picture[box.ymin : box.ymax, box.xmin : box.xmax]
        area += cover[:, :, None] * (np.array(COLOURS[box.label]) - area)
    return picture.round().astype(np.uint8)


def draw_clip(folder: Path, name: str, seconds: float, rate: int, size: tuple[int, int], seed: int) -> Path:
    """Write NAME.mp4 and NAME.json; each appears whole or not at all. Gives the path of the clip."""
    width, height = size
    generator = np.random.default_rng([seed, *name.encode()])
    shapes = place_shapes(seconds, generator)
    times = [number / rate for number in range(round(seconds * rate))]
    truth = [true_boxes(shapes, time, width, height) for time in times]
    frames = (
        draw_frame(boxes, time, width, height, BELTS[name]) for boxes, time in zip(truth, times, strict=True)
    )
    folder.mkdir(parents=True, exist_ok=True)
    clip = folder / f"{name}.mp4"
    draft = folder / f".{name}.{os.getpid()}.mp4"
    try:
        _encode(draft, frames, rate, size)
        draft.replace(clip)
    finally:
        draft.unlink(missing_ok=True)
    document = {
        "clip": clip.name,
        "rate": rate,
        "width": width,
        "height": height,
        "frames": [[asdict(box) for box in boxes] for boxes in truth],
    }
    _write(folder / f"{name}.json", json.dumps(document, separators=(",", ":")) + "\n")
    return clip


def _apart(one: Shape, other: Shape, seconds: float) -> bool:
    # All ride at the same speed, so what is apart once stays apart.
    beside = other.left_at(seconds) > one.left_at(seconds) + one.width + GAP
    return beside or abs(one.y - other.y) > (one.height + other.height) / 2 + GAP


def _encode(
    path: Path, frames: Iterator[np.ndarray[Any, np.dtype[np.uint8]]], rate: int, size: tuple[int, int]
) -> None:
    with av.open(str(path), "w") as container:
        # One thread: the same seed gives the same bytes on every machine of one FFmpeg.
        options = {"crf": "18", "preset": "veryfast", "threads": "1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for picture in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    draft.replace(path)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) % 2 == 0 and int(height) % 2 == 0):
        raise argparse.ArgumentTypeError(f"{text!r}: expected two even numbers, such as 640x480")
    return int(width), int(height)


def main() -> None:
    """Draw both clips."""
    parser = argparse.ArgumentParser(description="Draw the clips of the sorting line, with their true boxes.")
    parser.add_argument("out_dir", metavar="OUT_DIR", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, default=15, help="frames per second")
    parser.add_argument("--size", type=_size, default=(640, 480), metavar="WIDTHxHEIGHT")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name in BELTS:
        print(
            draw_clip(
                arguments.out_dir, name, arguments.seconds, arguments.rate, arguments.size, arguments.seed
            )
        )


if __name__ == "__main__":
    main()
