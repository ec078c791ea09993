"""The outline of a box by its kind, as in the Mermaid diagram: stadium, hexagon, cylinder, slanted box."""

from math import sqrt

from iomt.targets.diagram.layout.laid_out import Area

_SLANT = 11.0
_LID = 5.5
_MOST_ROUND = 26.0


def number(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def outline(kind: str, area: Area) -> str:
    """The data of a path around the area."""
    left, top, right, bottom = area.left, area.top, area.right, area.bottom
    if kind == "MAnalyzer":
        return _polygon(
            (left + _SLANT, top), (right - _SLANT, top), (right, area.middle),
            (right - _SLANT, bottom), (left + _SLANT, bottom), (left, area.middle),
        )  # fmt: skip
    if kind == "MActuator":
        return _polygon((left + _SLANT, top), (right, top), (right - _SLANT, bottom), (left, bottom))
    if kind == "MStorage":
        return _cylinder(area)
    round_ = min(area.height / 2, _MOST_ROUND)
    straight = area.width - 2 * round_
    arc = f"a{number(round_)} {number(round_)} 0 0 1"
    up = number(area.height - 2 * round_)
    return (
        f"M{number(left + round_)} {number(top)}h{number(straight)}{arc} {number(round_)} {number(round_)}"
        f"v{up}{arc} {number(-round_)} {number(round_)}h{number(-straight)}"
        f"{arc} {number(-round_)} {number(-round_)}v-{up}{arc} {number(round_)} {number(-round_)}z"
    )


def inset(kind: str, area: Area, height: float, *, right: bool) -> float:
    """How far inside the area its outline is, at a height and at one of its sides."""
    away = abs(height - area.middle)
    if kind == "MAnalyzer":
        return _SLANT * away / (area.height / 2)
    if kind == "MActuator":
        down = (height - area.top) / area.height
        return _SLANT * (down if right else 1 - down)
    if kind == "MSensor":
        round_ = min(area.height / 2, _MOST_ROUND)
        into_corner = max(0.0, away - (area.height / 2 - round_))
        return round_ - sqrt(round_**2 - min(into_corner, round_) ** 2)
    return 0.0


def _polygon(*corners: tuple[float, float]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in corners) + "z"


def _cylinder(area: Area) -> str:
    """With its lid, whose front edge is a second stroke."""
    half, down = number(area.width / 2), number(area.height - 2 * _LID)
    start = f"M{number(area.left)} {number(area.top + _LID)}"
    over = f"a{half} {number(_LID)} 0 0 1 {number(area.width)} 0"
    under = f"a{half} {number(_LID)} 0 0 1 {number(-area.width)} 0"
    return f"{start}{over}v{down}{under}z{start}a{half} {number(_LID)} 0 0 0 {number(area.width)} 0"
