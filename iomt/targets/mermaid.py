"""A graph as a Mermaid diagram: shapes tell the kind, lines the delivery, labels the media.

A sensor is a stadium, an analyzer a hexagon, a storage a cylinder, an actuator a slanted box;
a solid line loses nothing (durable), a dotted one shows the newest (latest).
"""

from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode

_SHAPES = {
    "MSensor": ("([", "])"),
    "MAnalyzer": ("{{", "}}"),
    "MStorage": ("[(", ")]"),
    "MActuator": ("[/", "/]"),
}
_ARROWS = {"durable": "-->", "latest": "-.->"}
_SHORT = {
    "application/vnd.iomt.detections+json": "detections",
    "application/vnd.iomt.labels+json": "labels",
    "application/*": "results",
}


def diagram(resolved: Resolved) -> str:
    """The text of a flowchart; ends with a newline."""
    lines = ["flowchart LR"]
    lines += [f"  {_node(node)}" for node in resolved.nodes.values()]
    lines += [f"  {_link(link)}" for link in resolved.links]
    return "\n".join(lines) + "\n"


def _node(node: ResolvedNode) -> str:
    opening, closing = _SHAPES[node.kind]
    what = node.node.model or node.device.name
    return f'{_identifier(node.name)}{opening}"{_text(node.name)}<br/>{_text(what)}"{closing}'


def _link(link: ResolvedLink) -> str:
    label = _SHORT.get(link.media, link.media)
    if link.transport == "http":
        label += " over http"
    arrow = _ARROWS[link.delivery]
    return f'{_identifier(link.source.name)} {arrow}|"{_text(label)}"| {_identifier(link.target.name)}'


def _identifier(name: str) -> str:
    """`end`, `graph` and `style` are words of Mermaid, and - is part of its arrows."""
    return "n_" + name.replace("-", "_")


def _text(text: str) -> str:
    """Inside quotes only the quote, < and # have a meaning of their own."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace("*", "#42;")
