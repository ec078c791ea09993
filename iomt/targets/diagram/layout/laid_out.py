"""A picture with a place for everything in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from iomt.targets.diagram.layout.order import order
from iomt.targets.diagram.layout.place import heights
from iomt.targets.diagram.layout.ranks import ranks
from iomt.targets.diagram.measures import (
    BAND_PADDING,
    BOX_GAP,
    COLUMN_GAP,
    LABEL_GAP,
    LINE_GAP,
    PITCH,
    box_size,
    label_size,
)  # fmt: skip
from iomt.targets.diagram.picture import Arrow, Box, Picture

_SPREAD = 0.7
"""How much of a box's side its lines may take."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Half of its height."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow's way: the columns that it crosses level, from the side of its source on.

    ``start`` and ``end`` are its heights at its two boxes, ``label`` is where its text stands, around
    the line. ``backward``: it closes a circle, and runs from right to left.
    """

    arrow: Arrow
    passes: tuple[Area, ...]
    start: float
    end: float
    label: Area
    backward: bool


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Places of the boxes, the lines and the frames of sites."""

    boxes: tuple[tuple[Box, Area], ...]
    lines: tuple[Line, ...]
    sites: tuple[tuple[str, Area], ...]
    width: float
    height: float


def lay_out(picture: Picture) -> LaidOut:
    """Give everything a place."""
    return _Layout(picture).laid_out()


class _Layout:
    """Points are numbered: the boxes first, then those of the lines, which ``_ways`` has by line."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._number = {box.key: number for number, box in enumerate(picture.boxes)}
        edges = [(self._number[each.source], self._number[each.target]) for each in picture.arrows]
        self._ranks, self._backward = ranks(len(picture.boxes), edges)
        degrees = [0] * len(picture.boxes)
        for source, target in edges:
            degrees[source] += 1
            degrees[target] += 1
        sizes = [box_size(box, degrees[number]) for number, box in enumerate(picture.boxes)]
        self._widths, self._heights = [w for w, _ in sizes], [h for _, h in sizes]
        self._gaps = [BOX_GAP] * len(sizes)
        self._inside: dict[int, tuple[int, ...]] = {}
        self._bands = [self._band(box.site) for box in picture.boxes]
        self._column = [2 * rank for rank in self._ranks]
        self._before: list[list[int]] = [[] for _ in sizes]
        self._after: list[list[int]] = [[] for _ in sizes]
        self._ends: dict[tuple[int, int], float] = {}
        self._labels: list[int] = []
        self._ways = [
            self._way(arrow, *edge, back)
            for arrow, edge, back in zip(picture.arrows, edges, self._backward, strict=True)
        ]

    def laid_out(self) -> LaidOut:
        """See `lay_out`."""
        layers: list[list[int]] = [[] for _ in range(max(self._column, default=0) + 1)]
        for point, column in enumerate(self._column):
            layers[column].append(point)
        layers = order(layers, self._before, self._after, self._bands)
        self._spread(layers)
        middles, frames, height = self._stack(layers)
        wide = [
            max((self._widths[point] for point in layer if not self._is_bend(point)), default=0.0)
            for layer in layers
        ]
        lefts, left = [], 0.0
        for width in wide:
            lefts.append(left)
            left += width + COLUMN_GAP
        areas = [
            Area(lefts[column], middles[point] - self._heights[point] / 2, wide[column], self._heights[point])
            for point, column in enumerate(self._column)
        ]
        width = max(left - COLUMN_GAP, 0.0)
        lines = tuple(
            Line(
                arrow,
                tuple(areas[point] for point in way),
                middles[way[0]] + self._ends[way[0], way[1]],
                middles[way[-1]] + self._ends[way[-1], way[-2]],
                areas[label],
                back,
            )
            for arrow, way, label, back in zip(
                self._picture.arrows, self._ways, self._labels, self._backward, strict=True
            )
        )
        boxes = tuple(zip(self._picture.boxes, areas, strict=False))
        sites = tuple((site, Area(-BAND_PADDING, top, width + 2 * BAND_PADDING, high))
                      for site, top, high in frames)  # fmt: skip
        return LaidOut(boxes, lines, sites, width, height)

    def _band(self, site: str | None) -> int:
        """Sites lie one below the other; what has none comes first."""
        return 0 if site is None else 1 + self._picture.sites.index(site)

    def _is_bend(self, point: int) -> bool:
        return point in self._inside and not self._widths[point]

    def _way(self, arrow: Arrow, source: int, target: int, backward: bool) -> tuple[int, ...]:
        """Points for a line in every column between its two boxes; its label is nearest to its source."""
        left, right = (target, source) if backward else (source, target)
        first, last = self._column[left] + 1, self._column[right]
        label = last - 1 if backward else first
        points = []
        for column in range(first, last):
            points.append(len(self._column))
            labelled = column == label
            width, height = label_size(arrow) if labelled else (0.0, 0.0)
            self._column.append(column)
            self._widths.append(width)
            self._heights.append(height)
            self._gaps.append(LABEL_GAP if labelled else LINE_GAP)
            self._bands.append(self._bands[source])
            self._before.append([])
            self._after.append([])
            if labelled:
                self._labels.append(points[-1])
        self._inside.update((point, tuple(points)) for point in points)
        chain = [left, *points, right]
        for one, other in pairwise(chain):
            self._after[one].append(other)
            self._before[other].append(one)
        return (source, *(reversed(points) if backward else points), target)

    def _spread(self, layers: list[list[int]]) -> None:
        """Where lines end at a box: one below the other, in the order of what they come from."""
        place = {point: at for layer in layers for at, point in enumerate(layer)}
        for box in range(len(self._picture.boxes)):
            for side in (self._before[box], self._after[box]):
                pitch = min(PITCH, self._heights[box] * _SPREAD / max(1, len(side) - 1))
                for at, point in enumerate(sorted(side, key=place.__getitem__)):
                    self._ends[box, point] = (at - (len(side) - 1) / 2) * pitch

    def _stack(self, layers: list[list[int]]) -> tuple[list[float], list[tuple[str, float, float]], float]:
        """Heights of all points, band by band; frames of the sites (name, top, height); the whole height."""
        middles = [0.0] * len(self._column)
        frames: list[tuple[str, float, float]] = []
        bottom = 0.0
        for band, inside in self._layers_of_bands(layers):
            kept = {point for layer in inside for point in layer}
            before = [[each for each in near if each in kept] for near in self._before]
            after = [[each for each in near if each in kept] for near in self._after]
            found = heights(inside, before, after, self._heights, self._gaps, self._inside, self._ends)
            top = bottom + (BAND_PADDING * 2 if band else 0.0)
            bottom = top
            for point in kept:
                middles[point] = found[point] + top
                bottom = max(bottom, middles[point] + self._heights[point] / 2)
            if band:
                frame_top = top - BAND_PADDING * 1.5
                bottom += BAND_PADDING
                frames.append((self._picture.sites[band - 1], frame_top, bottom - frame_top))
                bottom += BAND_PADDING * 0.5
        return middles, frames, bottom

    def _layers_of_bands(self, layers: list[list[int]]) -> Iterator[tuple[int, list[list[int]]]]:
        for band in sorted(set(self._bands)):
            yield band, [[point for point in layer if self._bands[point] == band] for layer in layers]
