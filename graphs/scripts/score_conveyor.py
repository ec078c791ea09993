"""Compare what a detector said of a conveyor clip with the true boxes that were drawn.

    python graphs/scripts/score_conveyor.py --truth gate=graphs/media/conveyor-a.json RESULTS.jsonl

A detection is right when a true box of its frame has its label, overlaps it with an IoU of at
least .5 and has not been found by a detection of a higher score. Frames without a result do not
count: a detector on a `latest` link is allowed to skip.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from iomt.contract.results import Box, Item, Result

LEAST_OVERLAP = 0.5
ANY_SOURCE = ""


class BadInput(Exception):
    """A file that is no truth or no result; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over all results: ``right`` detections, ``wrong`` ones, true boxes ``missed``."""

    results: int = 0
    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Right detections of all detections; 1 without any."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """True boxes found of all; 1 without any."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    def plus(self, other: "Score") -> "Score":
        """The counts of both."""
        return Score(
            self.results + other.results,
            self.right + other.right,
            self.wrong + other.wrong,
            self.missed + other.missed,
        )


@dataclass(frozen=True, slots=True)
class Truth:
    """The true boxes of every frame of a clip."""

    frames: tuple[tuple[Item, ...], ...]

    def of(self, frame: int) -> tuple[Item, ...]:
        """Those of a camera's frame, counted from 1 while the clip loops."""
        return self.frames[(frame - 1) % len(self.frames)]

    @classmethod
    def read(cls, path: Path) -> "Truth":
        """What draw_conveyor.py wrote. Raises `BadInput`."""
        try:
            document = json.loads(path.read_text("utf-8"))
            frames = tuple(
                tuple(
                    Item(box["label"], 1.0, Box(box["xmin"], box["ymin"], box["xmax"], box["ymax"]))
                    for box in boxes
                )
                for boxes in document["frames"]
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path}: no truth of draw_conveyor.py: {error}") from error
        if not frames:
            raise BadInput(f"{path}: a clip without frames")
        return cls(frames)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = max(0.0, min(one.xmax, other.xmax) - max(one.xmin, other.xmin))
    height = max(0.0, min(one.ymax, other.ymax) - max(one.ymin, other.ymin))
    both = width * height
    union = _area(one) + _area(other) - both
    return both / union if union > 0 else 0.0


def score_items(found: Iterable[Item], true: Iterable[Item]) -> Score:
    """Match the detections of one frame, best score first."""
    left, right, wrong = list(true), 0, 0
    for item in sorted(found, key=lambda each: -each.score):
        candidates = [other for other in left if other.label == item.label]
        best = max(candidates, key=lambda other: _overlap(item, other), default=None)
        if best is not None and _overlap(item, best) >= LEAST_OVERLAP:
            left.remove(best)
            right += 1
        else:
            wrong += 1
    return Score(1, right, wrong, len(left))


def score_results(results: Iterable[Result], truths: Mapping[str, Truth]) -> Score:
    """Over all results; ``truths`` by source, or one for all under ``ANY_SOURCE``. Raises `BadInput`."""
    total = Score()
    for result in results:
        truth = truths.get(result.source) or truths.get(ANY_SOURCE)
        if truth is None:
            raise BadInput(f"a result of source {result.source!r}, for which no --truth is given")
        total = total.plus(score_items(result.items, truth.of(result.frame)))
    return total


def read_results(lines: Iterable[bytes], name: str) -> Iterator[Result]:
    """Results, one a line; empty lines are passed over. Raises `BadInput`."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield Result.from_json(line)
            except ValueError as error:
                raise BadInput(f"{name}:{number}: {error}") from error


def _overlap(one: Item, other: Item) -> float:
    return overlap(one.box, other.box) if one.box and other.box else 0.0


def _area(box: Box) -> float:
    return max(0.0, box.xmax - box.xmin) * max(0.0, box.ymax - box.ymin)


def _read_all(paths: list[Path]) -> Iterator[Result]:
    for path in paths:
        try:
            with path.open("rb") as lines:
                yield from read_results(lines, str(path))
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from error
    if not paths:
        yield from read_results(sys.stdin.buffer, "standard input")


def main() -> int:
    """Print precision and recall; 1 when they are below what is asked, 2 when there is nothing to read."""
    parser = argparse.ArgumentParser(
        description="Score detections of a conveyor clip against its true boxes."
    )
    parser.add_argument("results", nargs="*", type=Path, help="JSON lines of results; standard input without")
    parser.add_argument(
        "--truth",
        action="append",
        required=True,
        metavar="[SOURCE=]FILE",
        help="the JSON beside the clip of this source, or of all sources",
    )
    parser.add_argument("--min-precision", type=float, default=0.0)
    parser.add_argument("--min-recall", type=float, default=0.0)
    arguments = parser.parse_args()
    truths = {}
    try:
        for text in arguments.truth:
            source, equals, path = text.rpartition("=")
            truths[source if equals else ANY_SOURCE] = Truth.read(Path(path))
        score = score_results(_read_all(arguments.results), truths)
        if not score.results:
            raise BadInput("no results: nothing to score")
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(
        f"results {score.results}  right {score.right}  wrong {score.wrong}  missed {score.missed}  "
        f"precision {score.precision:.4f}  recall {score.recall:.4f}"
    )
    good = score.precision >= arguments.min_precision and score.recall >= arguments.min_recall
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
