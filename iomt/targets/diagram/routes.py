"""Lines as curves: level where they cross a column, bent only in the gaps between columns."""

from iomt.targets.diagram.layout.laid_out import Area, LaidOut, Line
from iomt.targets.diagram.shapes import inset, number

HEAD = 7.0
"""Length of an arrow's head, which the line itself leaves free."""


def routes(laid_out: LaidOut) -> list[str]:
    """The data of one path for each line."""
    kinds = {box.key: box.kind for box, _ in laid_out.boxes}
    return [_path(line, kinds[line.arrow.source], kinds[line.arrow.target]) for line in laid_out.lines]


def _path(line: Line, source_kind: str, target_kind: str) -> str:
    source, target = line.passes[0], line.passes[-1]
    # +1 to the right; a backward line runs to the left.
    way = -1 if line.backward else 1
    y, end = line.start, line.end
    x = _side(source, source_kind, y, right=not line.backward)
    parts = [f"M{number(x)} {number(y)}"]
    x = source.left if line.backward else source.right
    parts.append(f"H{number(x)}")
    for area in line.passes[1:-1]:
        near, far = (area.right, area.left) if line.backward else (area.left, area.right)
        parts.append(_bend(x, y, near, area.middle))
        parts.append(f"H{number(far)}")
        x, y = far, area.middle
    edge = target.right if line.backward else target.left
    # Level before the head begins, so that the head points straight at the box.
    parts.append(_bend(x, y, edge - way * (HEAD + 1), end))
    tip = _side(target, target_kind, end, right=line.backward)
    parts.append(f"H{number(tip - way * HEAD)}")
    return "".join(parts)


def _side(area: Area, kind: str, height: float, *, right: bool) -> float:
    inside = inset(kind, area, height, right=right)
    return area.right - inside if right else area.left + inside


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    if abs(to_y - y) < 0.05:
        return f"H{number(to_x)}"
    middle = number((x + to_x) / 2)
    return f"C{middle} {number(y)} {middle} {number(to_y)} {number(to_x)} {number(to_y)}"
