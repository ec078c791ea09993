"""How wide a text will be: the picture is laid out before anybody has opened it.

The widths are Helvetica's (Adobe's AFM file, thousandths of the size). Readers have other sans-serif
fonts, of which few are wider by more than `_ROOM`.
"""

from unicodedata import combining, east_asian_width

_ROOM = 1.08
_BOLD = 1.06
_WIDE, _OTHER = 1000, 600
_WIDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r", 334: "{}", 355: '"',
    389: "*", 469: "^", 500: "Jckvsxyz", 556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~×", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm",
    889: "%", 944: "W", 1000: "…", 1015: "@",
}  # fmt: skip
_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels, rather too many than too few."""
    thousandths = sum(_OF.get(character) or _unlisted(character) for character in text)
    return thousandths * size * _ROOM * (_BOLD if bold else 1.0) / 1000


def shortened(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, its middle left out where it is wider than ``most`` pixels."""
    if text_width(text, size, bold=bold) <= most:
        return text
    kept = len(text) - 1
    while kept > 2:
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if text_width(short, size, bold=bold) <= most:
            return short
        kept -= 1
    return f"{text[:1]}…"


def _unlisted(character: str) -> int:
    if combining(character):
        return 0
    return _WIDE if east_asian_width(character) in "WF" else _OTHER
