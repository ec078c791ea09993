"""Two nodes that want the same TCP port of one machine."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.source import SourceText


def port_clash(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """The second of them could not start under `iomt run`."""
    first: dict[int, tuple[str, Span]] = {}
    for node in resolved.nodes.values():
        option = node.device.listens
        port = node.options.get(option) if option else None
        if not isinstance(port, int):
            continue
        span = node.node.option_spans.get((option,), node.node.span)
        if port in first:
            name, other = first[port]
            message = f"{node.name} listens on port {port}, and so does {name}"
            related = (Related(other, f"{name} listens here"),)
            yield Finding(
                "port-clash",
                message,
                span,
                "give it another port, or none: then a free one is taken",
                related,
            )
        first.setdefault(port, (node.name, span))
