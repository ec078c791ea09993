"""The order within each layer, with as few crossings of lines as the barycentre method finds."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise

Neighbours = Sequence[Sequence[int]]
_SWEEPS = 24
_WORK = 40_000
"""Points times sweeps: a graph of thousands of nodes is not worth waiting for."""


def order(
    layers: list[list[int]], before: Neighbours, after: Neighbours, bands: Sequence[int]
) -> list[list[int]]:
    """The layers in a better order. Points of a band (a site) stay together, the bands in order."""
    best = [sorted(layer, key=lambda point: bands[point]) for layer in layers]
    fewest = crossings(best, after)
    current = [list(layer) for layer in best]
    sweeps = max(4, min(_SWEEPS, _WORK // max(1, sum(map(len, layers)))))
    for sweep in range(sweeps):
        if not fewest:
            break
        rightwards = sweep % 2 == 0
        numbers = range(1, len(current)) if rightwards else range(len(current) - 2, -1, -1)
        for number in numbers:
            beside = current[number - 1 if rightwards else number + 1]
            _sort(current[number], beside, before if rightwards else after, bands, sweep % 4 > 1)
        found = crossings(current, after)
        if found < fewest:
            best, fewest = [list(layer) for layer in current], found
    _exchange(best, before, after, bands)
    return best


def crossings(layers: Sequence[Sequence[int]], after: Neighbours) -> int:
    """How many pairs of lines cross between neighbouring layers."""
    total = 0
    for left, right in pairwise(layers):
        places = {point: place for place, point in enumerate(right)}
        ends = [end for point in left for end in sorted(places[each] for each in after[point])]
        seen: list[int] = []
        for end in ends:
            total += len(seen) - bisect_left(seen, end + 1)
            insort(seen, end)
    return total


def _sort(
    layer: list[int], beside: list[int], neighbours: Neighbours, bands: Sequence[int], turn_equals: bool
) -> None:
    places = {point: place for place, point in enumerate(beside)}
    own = {point: place for place, point in enumerate(layer)}

    def middle(point: int) -> tuple[int, float]:
        near = [places[each] for each in neighbours[point] if each in places]
        # A point without neighbours keeps its height.
        share = own[point] * len(beside) / max(1, len(layer))
        return bands[point], sum(near) / len(near) if near else share

    if turn_equals:
        layer.reverse()
    layer.sort(key=middle)


def _exchange(layers: list[list[int]], before: Neighbours, after: Neighbours, bands: Sequence[int]) -> None:
    """Exchange neighbours of a layer as long as that takes crossings away."""
    places = [{point: place for place, point in enumerate(layer)} for layer in layers]

    def between(number: int, upper: int, lower: int) -> int:
        count = 0
        for side, neighbours in ((number - 1, before), (number + 1, after)):
            if 0 <= side < len(layers):
                beside = places[side]
                lows = sorted(beside[each] for each in neighbours[lower])
                count += sum(bisect_left(lows, beside[each]) for each in neighbours[upper])
        return count

    for _ in range(4):
        better = False
        for number, layer in enumerate(layers):
            for place in range(len(layer) - 1):
                upper, lower = layer[place], layer[place + 1]
                if bands[upper] == bands[lower] and between(number, upper, lower) > between(
                    number, lower, upper
                ):
                    layer[place], layer[place + 1] = lower, upper
                    places[number][lower], places[number][upper] = place, place + 1
                    better = True
        if not better:
            return
