"""The layer of each box: one after the last box that sends to it."""

from collections import defaultdict
from collections.abc import Sequence

Edge = tuple[int, int]


def ranks(count: int, edges: Sequence[Edge]) -> tuple[list[int], list[bool]]:
    """Layers of the boxes 0 .. count-1, and which edges go against them (those that close a circle)."""
    backward = _closing(count, edges)
    forward = [
        (target, source) if back else (source, target)
        for (source, target), back in zip(edges, backward, strict=True)
    ]
    before: dict[int, set[int]] = defaultdict(set)
    after: dict[int, set[int]] = defaultdict(set)
    for source, target in forward:
        before[target].add(source)
        after[source].add(target)
    layers = [0] * count
    waiting = [len(before[box]) for box in range(count)]
    ready = [box for box in range(count) if not waiting[box]]
    for box in ready:  # grows while it is read
        for other in sorted(after[box]):
            layers[other] = max(layers[other], layers[box] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    for box in range(count):
        if not before[box] and after[box]:  # a source stands near what reads it
            layers[box] = min(layers[other] for other in after[box]) - 1
    return layers, backward


def _closing(count: int, edges: Sequence[Edge]) -> list[bool]:
    """The edges that lead back to a box which is still being walked from, without recursion."""
    leaving: dict[int, list[int]] = defaultdict(list)
    entered = {target for _, target in edges}
    for number, (source, _) in enumerate(edges):
        leaving[source].append(number)
    closing = [False] * len(edges)
    state = [0] * count  # 1: on the way, 2: done
    for start in sorted(range(count), key=lambda box: box in entered):
        if state[start]:
            continue
        state[start] = 1
        way = [(start, iter(leaving[start]))]
        while way:
            box, rest = way[-1]
            edge = next(rest, None)
            if edge is None:
                state[box] = 2
                way.pop()
                continue
            target = edges[edge][1]
            if state[target] == 1:
                closing[edge] = True
            elif not state[target]:
                state[target] = 1
                way.append((target, iter(leaving[target])))
    return closing
