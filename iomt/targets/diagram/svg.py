"""A picture as SVG, drawn without any program: light and dark, and told to those who cannot see it."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from iomt.targets.diagram.layout.laid_out import Area, LaidOut, Line, lay_out
from iomt.targets.diagram.measures import BAND_PADDING, LABEL_SIZE, MARGIN, WHAT_SIZE, box_texts, label_texts
from iomt.targets.diagram.picture import Arrow, Box, Picture
from iomt.targets.diagram.routes import HEAD, routes
from iomt.targets.diagram.shapes import number, outline
from iomt.targets.diagram.style import CLASSES, STYLE, WORDS
from iomt.targets.diagram.text_width import text_width

_TITLE_SIZE, _TITLE_ROOM = 15.0, 36.0
_LEGEND_ROOM, _LEGEND_GAP = 42.0, 22.0
_SAMPLE = 30.0
_PROMISES = {"durable": "durable: loses nothing", "latest": "latest: the newest"}


def render(picture: Picture) -> str:
    """The text of an SVG document; ends with a newline."""
    laid_out = lay_out(picture)
    legend, legend_width = _legend(picture)
    title_width = text_width(picture.name, _TITLE_SIZE, bold=True)
    framed = laid_out.width + (2 * BAND_PADDING if laid_out.sites else 0.0)
    width = max(framed, legend_width, title_width) + 2 * MARGIN
    height = laid_out.height + _TITLE_ROOM + _LEGEND_ROOM + 2 * MARGIN
    size = f"{number(width)} {number(height)}"
    left = (width - laid_out.width) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
            f'viewBox="0 0 {size}" role="img" aria-labelledby="iomt-title iomt-desc">',
            f'<title id="iomt-title">{escape(_clean(picture.name))}</title>',
            f'<desc id="iomt-desc">{escape(_clean(_told(picture)))}</desc>',
            f"<style>{STYLE}</style>",
            *_heads(picture),
            '<rect class="ground" width="100%" height="100%" rx="8"/>',
            _text(MARGIN, MARGIN + _TITLE_SIZE * 0.8, "heading", picture.name),
            f'<g transform="translate({number(left)} {number(MARGIN + _TITLE_ROOM)})">',
            *(_site(name, area) for name, area in laid_out.sites),
            *_lines(laid_out),
            *(_box(box, area) for box, area in laid_out.boxes),
            "</g>",
            f'<g transform="translate({number(MARGIN)} {number(height - MARGIN)})">',
            *legend,
            "</g>",
            "</svg>\n",
        ]
    )


def _told(picture: Picture) -> str:
    """The whole picture in words."""
    boxes = "; ".join(f"{box.name}: {WORDS[box.kind]} {box.what}" for box in picture.boxes)
    arrows = "; ".join(_arrow_told(arrow) for arrow in picture.arrows)
    return f"{boxes}. {arrows}." if arrows else f"{boxes}."


def _arrow_told(arrow: Arrow) -> str:
    amount = f" ({arrow.amount})" if arrow.amount else ""
    links = f", {arrow.count} links" if arrow.count > 1 else ""
    return f"{arrow.source} to {arrow.target}: {arrow.label}{amount}, {arrow.delivery}{links}"


def _heads(picture: Picture) -> Iterator[str]:
    kinds = {box.key: box.kind for box in picture.boxes}
    yield "<defs>"
    for kind in sorted({kinds[arrow.source] for arrow in picture.arrows}):
        name = CLASSES[kind]
        yield (
            f'<marker id="head-{name}" class="head {name}" viewBox="0 0 8 8" refX="0.5" refY="4" '
            f'markerWidth="{number(HEAD + 0.5)}" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
            '<path d="M0 .6L8 4L0 7.4z"/></marker>'
        )
    yield "</defs>"


def _site(name: str, area: Area) -> str:
    frame = (
        f'<rect class="site" x="{number(area.left)}" y="{number(area.top)}" '
        f'width="{number(area.width)}" height="{number(area.height)}" rx="10"/>'
    )
    return frame + _text(area.left + 10, area.top + 14, "site-name", name)


def _lines(laid_out: LaidOut) -> Iterator[str]:
    kinds = {box.key: box.kind for box, _ in laid_out.boxes}
    for line, path in zip(laid_out.lines, routes(laid_out), strict=True):
        name = CLASSES[kinds[line.arrow.source]]
        told = escape(_clean(_arrow_told(line.arrow)))
        yield (
            f'<g class="link {name} {line.arrow.delivery}"><title>{told}</title>'
            f'<path d="{path}" marker-end="url(#head-{name})"/>{"".join(_label(line))}</g>'
        )


def _label(line: Line) -> Iterator[str]:
    above, below = label_texts(line.arrow)
    x, y = line.label.left + line.label.width / 2, line.label.middle
    yield _text(x, y - 5, "label", above)
    if below:
        yield _text(x, y + LABEL_SIZE + 2.5, "label amount", below)


def _box(box: Box, area: Area) -> str:
    name, what = box_texts(box)
    x, y = area.left + area.width / 2, area.middle + (3 if box.kind == "MStorage" else 0)
    told = escape(_clean(f"{box.name}: {WORDS[box.kind]} {box.what}"))
    shape = f'<path d="{outline(box.kind, area)}"/>'
    # A pile of cards behind a box that stands for several.
    pile = f'<g transform="translate(4 4)">{shape}</g>' if box.count > 1 else ""
    return (
        f'<g class="box {CLASSES[box.kind]}"><title>{told}</title>{pile}{shape}'
        f"{_text(x, y - 3, 'name', name)}{_text(x, y + WHAT_SIZE + 2, 'what', what)}</g>"
    )


def _legend(picture: Picture) -> tuple[list[str], float]:
    """Only what the picture has; and how wide that is."""
    parts, x = [], 0.0
    there = {box.kind for box in picture.boxes}
    for kind in (each for each in WORDS if each in there):
        parts.append(f'<circle class="dot {CLASSES[kind]}" cx="{number(x + 5)}" cy="-4" r="5"/>')
        parts.append(_text(x + 15, 0, "legend", WORDS[kind]))
        x += 15 + text_width(WORDS[kind], LABEL_SIZE) + _LEGEND_GAP
    used = {arrow.delivery for arrow in picture.arrows}
    for delivery in (each for each in _PROMISES if each in used):
        parts.append(
            f'<g class="link {delivery}"><path d="M{number(x)} -4h{number(_SAMPLE)}"/></g>'
            + _text(x + _SAMPLE + 8, 0, "legend", _PROMISES[delivery])
        )
        x += _SAMPLE + 8 + text_width(_PROMISES[delivery], LABEL_SIZE) + _LEGEND_GAP
    return parts, max(x - _LEGEND_GAP, 0.0)


def _text(x: float, y: float, name: str, text: str) -> str:
    return f'<text class="{name}" x="{number(x)}" y="{number(y)}">{escape(_clean(text))}</text>'


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold, not even escaped."""
    return "".join(each for each in text if _allowed(ord(each)))


def _allowed(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF
