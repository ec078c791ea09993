"""Heights of the points of all layers: lines as straight as the order and the room between allow."""

from collections.abc import Mapping, Sequence

from iomt.targets.diagram.layout.order import Neighbours

_STRAIGHT = 8.0
"""How much a line wants to be straight, against 1 of a box to be level with another."""
_ROUNDS = 20
_STRAIGHTENED = 6
"""In so many of the last rounds a line asks for one height from end to end."""


def heights(
    layers: Sequence[Sequence[int]],
    before: Neighbours,
    after: Neighbours,
    sizes: Sequence[float],
    gaps: Sequence[float],
    lines: Mapping[int, Sequence[int]],
    ends: Mapping[tuple[int, int], float],
) -> list[float]:
    """The middle of each point, from 0 down. ``sizes`` and ``gaps`` (room around it) are heights;
    ``lines`` gives all points of the line that a point lies within, which is to be straight there.
    ``ends`` says how far from the middle of a box (first) its line to a point (second) ends.
    """
    middles = [0.0] * len(sizes)
    for layer in layers:
        _pack(layer, [0.0] * len(layer), [1.0] * len(layer), middles, sizes, gaps)
    for turn in range(_ROUNDS):
        last = turn >= _ROUNDS - _STRAIGHTENED
        for layer in layers if turn % 2 == 0 else reversed(layers):
            sides = (before, after) if last else (before,) if turn % 2 == 0 else (after,)
            wanted, weights = [], []
            for point in layer:
                if last and len(line := lines.get(point, ())) > 1:
                    wanted.append(sum(middles[each] for each in line) / len(line))
                    weights.append(_STRAIGHT)
                    continue
                pulls = [
                    (
                        middles[each] + ends.get((each, point), 0.0) - ends.get((point, each), 0.0),
                        _pull(lines, point, each),
                    )
                    for side in sides
                    for each in side[point]
                ]
                weight = sum(pull for _, pull in pulls)
                wanted.append(sum(at * pull for at, pull in pulls) / weight if weight else middles[point])
                weights.append(weight or 0.05)
            _pack(layer, wanted, weights, middles, sizes, gaps)
    top = min((middles[p] - sizes[p] / 2 for layer in layers for p in layer), default=0.0)
    return [middle - top for middle in middles]


def _pull(lines: Mapping[int, Sequence[int]], one: int, other: int) -> float:
    return (1.0, 2.0, _STRAIGHT)[(one in lines) + (other in lines)]


def _pack(
    layer: Sequence[int],
    wanted: Sequence[float],
    weights: Sequence[float],
    middles: list[float],
    sizes: Sequence[float],
    gaps: Sequence[float],
) -> None:
    """Move the points of a layer to where they want to be, in order and without touching.

    With the room that must lie above each point taken off, the order is all that is left to keep:
    the least squares under it are found by pooling neighbours that want to pass each other.
    """
    offsets, offset = [], 0.0
    for place, point in enumerate(layer):
        if place:
            above = layer[place - 1]
            offset += (sizes[above] + sizes[point]) / 2 + max(gaps[above], gaps[point])
        offsets.append(offset)
    blocks: list[tuple[float, float, int]] = []  # weighted sum, weight, how many points
    for place in range(len(layer)):
        total, weight, count = (wanted[place] - offsets[place]) * weights[place], weights[place], 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / weight:
            other = blocks.pop()
            total, weight, count = total + other[0], weight + other[1], count + other[2]
        blocks.append((total, weight, count))
    place = 0
    for total, weight, count in blocks:
        for _ in range(count):
            middles[layer[place]] = total / weight + offsets[place]
            place += 1
