"""A picture as a Mermaid flowchart: shapes tell the kind, lines the delivery, labels what flows.

A sensor is a stadium, an analyzer a hexagon, a storage a cylinder, an actuator a slanted box;
a solid line loses nothing (durable), a dotted one shows the newest (latest).
"""

from collections.abc import Iterable

from iomt.targets.diagram.picture import Arrow, Box, Picture

_SHAPES = {
    "MSensor": ("([", "])"),
    "MAnalyzer": ("{{", "}}"),
    "MStorage": ("[(", ")]"),
    "MActuator": ("[/", "/]"),
}
_ARROWS = {"durable": "-->", "latest": "-.->"}


def render(picture: Picture) -> str:
    """The text of a flowchart; ends with a newline."""
    lines = ["flowchart LR"]
    lines += _nodes("  ", (box for box in picture.boxes if box.site is None))
    for number, site in enumerate(picture.sites):
        lines.append(f'  subgraph s{number}["{_text(site)}"]')
        lines += _nodes("    ", (box for box in picture.boxes if box.site == site))
        lines.append("  end")
    lines += [f"  {_link(arrow)}" for arrow in picture.arrows]
    return "\n".join(lines) + "\n"


def _nodes(indent: str, boxes: Iterable[Box]) -> list[str]:
    return [indent + _node(box) for box in boxes]


def _node(box: Box) -> str:
    opening, closing = _SHAPES[box.kind]
    return f'{_identifier(box.key)}{opening}"{_text(box.name)}<br/>{_text(box.what)}"{closing}'


def _link(arrow: Arrow) -> str:
    label = "<br/>".join(_text(line) for line in (arrow.label, arrow.amount) if line)
    return f'{_identifier(arrow.source)} {_ARROWS[arrow.delivery]}|"{label}"| {_identifier(arrow.target)}'


def _identifier(name: str) -> str:
    """`end`, `graph` and `style` are words of Mermaid, and - is part of its arrows."""
    return "n_" + name.replace("-", "_")


def _text(text: str) -> str:
    """Inside quotes only the quote, < and # have a meaning of their own."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("*", "#42;")
