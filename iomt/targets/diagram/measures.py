"""Sizes of everything that is drawn, in pixels."""

from iomt.targets.diagram.picture import Arrow, Box
from iomt.targets.diagram.text_width import shortened, text_width

NAME_SIZE, WHAT_SIZE, LABEL_SIZE = 14.0, 11.5, 11.0
MARGIN = 24.0
BOX_GAP, LABEL_GAP, LINE_GAP = 22.0, 10.0, 16.0
COLUMN_GAP = 34.0
BAND_PADDING = 16.0
"""Around the boxes of a site."""
_MOST_TEXT = 190.0
_BOX_PADDING = 22.0
_BOX_HEIGHT, _TALLEST_BOX = 52.0, 120.0
PITCH = 11.0
"""Between two lines at one side of a box."""


def box_texts(box: Box) -> tuple[str, str]:
    """Its two lines, shortened to what a box holds."""
    return (
        shortened(box.name, NAME_SIZE, _MOST_TEXT, bold=True),
        shortened(box.what, WHAT_SIZE, _MOST_TEXT),
    )


def box_size(box: Box, lines: int) -> tuple[float, float]:
    """Width and height, with room for the lines that end at it."""
    name, what = box_texts(box)
    text = max(text_width(name, NAME_SIZE, bold=True), text_width(what, WHAT_SIZE))
    height = min(max(_BOX_HEIGHT, PITCH * lines), _TALLEST_BOX)
    return round(text + 2 * _BOX_PADDING, 1), height


def label_texts(arrow: Arrow) -> tuple[str, str]:
    """What stands above a line, and below it."""
    label = arrow.label if arrow.count == 1 else f"{arrow.label} ({arrow.count} links)"
    return shortened(label, LABEL_SIZE, _MOST_TEXT), shortened(arrow.amount, LABEL_SIZE, _MOST_TEXT)


def label_size(arrow: Arrow) -> tuple[float, float]:
    """Width and height of both together, the line between them."""
    above, below = label_texts(arrow)
    width = max(text_width(above, LABEL_SIZE), text_width(below, LABEL_SIZE))
    # The line is in the middle, so that both halves have the same height.
    return round(width + 6, 1), 36.0 if below else 32.0
