"""Messages that no broker of ours takes."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.checks.reckoning import Reckoning
from iomt.contract.limits import HEADER_ROOM, MAX_PAYLOAD
from iomt.diagnostics.finding import Finding, Span


def large_message(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """Each of them would be dropped (``too-large``). A lake passes on where an object is, not the object."""
    large = {name for name, node in resolved.nodes.items() if _may_be_large(node) and node.kind != "MStorage"}
    senders = {link.source.name for link in resolved.links if link.transport == "nats"} if large else set()
    for name in sorted(large & senders):
        node = resolved.nodes[name]
        amount = reckoning.budget.flows.given[node.name].bytes_each
        if amount is None or amount + HEADER_ROOM <= MAX_PAYLOAD:
            continue
        from iomt.budget.amounts import size

        message = f"one message of {node.name} is {size(amount)}, and the broker takes {size(MAX_PAYLOAD)}"
        help_text = (
            "give smaller ones (shorter windows, fewer pixels, lower quality), or write transport: http"
        )
        yield Finding("large-message", message, _place(node), help_text)


def _may_be_large(node: ResolvedNode) -> bool:
    """Whether it is worth a budget: windows of sound, or a profile that says so."""
    return "window" in node.options or (node.profile.bytes or 0) + HEADER_ROOM > MAX_PAYLOAD


def _place(node: ResolvedNode) -> Span:
    return node.node.option_spans.get(("window",), node.node.span)
