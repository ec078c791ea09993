"""Colours and fonts of the SVG. They follow the reader's choice of light or dark."""

from iomt.targets.diagram.measures import LABEL_SIZE, NAME_SIZE, WHAT_SIZE

CLASSES = {
    "MSensor": "sensor", "MAnalyzer": "analyzer", "MStorage": "storage", "MActuator": "actuator",
}  # fmt: skip
WORDS = CLASSES
"""The kinds as people say them."""

_COLOURS = {
    "ground": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#e6edf3"),
    "soft": ("#59636e", "#9aa7b4"),
    "frame": ("#d1d9e0", "#3d444d"),
    "sensor": ("#1f6feb", "#6cb0ff"),
    "analyzer": ("#7a3fe0", "#bd9bff"),
    "storage": ("#1a7f4b", "#5fd08f"),
    "actuator": ("#b35900", "#f2a65a"),
    "sensor-fill": ("#e9f2ff", "#12243d"),
    "analyzer-fill": ("#f3edff", "#251a3f"),
    "storage-fill": ("#e7f7ee", "#10301f"),
    "actuator-fill": ("#fff1e0", "#38230f"),
}


def _variables(column: int) -> str:
    return "".join(f"--{name}:{both[column]};" for name, both in _COLOURS.items())


STYLE = (
    f"svg{{{_variables(0)}font-family:Helvetica,Arial,'Liberation Sans',sans-serif}}"
    f"@media (prefers-color-scheme:dark){{svg{{{_variables(1)}}}}}"
    ".ground{fill:var(--ground)}text{fill:var(--ink)}"
    ".heading{font-size:15px;font-weight:700}"
    f".name{{font-size:{NAME_SIZE:g}px;font-weight:700;text-anchor:middle}}"
    f".what{{font-size:{WHAT_SIZE:g}px;text-anchor:middle;fill:var(--soft)}}"
    f".label{{font-size:{LABEL_SIZE:g}px;text-anchor:middle;fill:var(--soft)}}"
    f".legend{{font-size:{LABEL_SIZE:g}px;fill:var(--soft)}}"
    f".site-name{{font-size:{WHAT_SIZE:g}px;font-weight:700;fill:var(--soft)}}"
    ".site{fill:none;stroke:var(--frame);stroke-width:1.2}"
    ".box path{stroke-width:1.6;stroke-linejoin:round}"
    ".link path{fill:none;stroke:var(--soft);stroke-width:1.5}"
    ".latest path{stroke-dasharray:5 4}"
    + "".join(
        f".box.{name} path{{fill:var(--{name}-fill);stroke:var(--{name})}}"
        f".link.{name} path{{stroke:var(--{name})}}"
        f".head.{name} path,.dot.{name}{{fill:var(--{name})}}"
        for name in CLASSES.values()
    )
)
