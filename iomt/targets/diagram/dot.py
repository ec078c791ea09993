"""A picture in the language of Graphviz."""

from collections.abc import Iterable

from iomt.targets.diagram.picture import Arrow, Box, Picture

_SHAPES = {
    "MSensor": "shape=box, style=rounded",
    "MAnalyzer": "shape=hexagon",
    "MStorage": "shape=cylinder",
    "MActuator": "shape=parallelogram",
}


def render(picture: Picture) -> str:
    """The text of a digraph; ends with a newline. Solid is durable, dashed the newest."""
    lines = [
        f"digraph {_quoted(picture.name)} {{",
        "  graph [rankdir=LR, ranksep=0.8, fontname=Helvetica]",
        "  node [fontname=Helvetica, fontsize=12, height=0.6]",
        "  edge [fontname=Helvetica, fontsize=10]",
    ]
    lines += _nodes("  ", (box for box in picture.boxes if box.site is None))
    for number, site in enumerate(picture.sites):
        # The name must begin with cluster, or no frame is drawn.
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(site)}"]
        lines += _nodes("    ", (box for box in picture.boxes if box.site == site))
        lines.append("  }")
    lines += [f"  {_edge(arrow)}" for arrow in picture.arrows]
    return "\n".join([*lines, "}"]) + "\n"


def _nodes(indent: str, boxes: Iterable[Box]) -> list[str]:
    return [
        f"{indent}{_quoted(box.key)} [label={_quoted(box.name, box.what)}, {_SHAPES[box.kind]}]"
        for box in boxes
    ]


def _edge(arrow: Arrow) -> str:
    style = "solid" if arrow.delivery == "durable" else "dashed"
    label = _quoted(*(line for line in (arrow.label, arrow.amount) if line))
    return f"{_quoted(arrow.source)} -> {_quoted(arrow.target)} [label={label}, style={style}]"


def _quoted(*lines: str) -> str:
    """A string of DOT, its lines below each other. A backslash of a name would begin an escape."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
