"""What one Docker host cannot do of a graph."""

from collections.abc import Iterable, Iterator

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity, Span

_RULE = "target-compose"
_KUBERNETES_ALONE = ("target-file", "target-autoscale")
_PODS_ALONE = ("target-command", "target-device", "target-label")
"""Errors of pods: here the machine's devices are given by name, and nothing has labels."""


def compose_refusals(resolved: Resolved, found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings of the objects that hold for Compose too, and its own.

    Files and devices of the machine are there, so what a pod lacks of them is none.
    """
    for each in found:
        if each.rule in _PODS_ALONE:
            continue
        if each.severity is Severity.ERROR or each.rule not in _KUBERNETES_ALONE:
            yield each
    first = ""
    for node in resolved.graph.nodes.values():
        if node.gpu and node.gpu.resource != "nvidia.com/gpu":
            message = f"{node.name} needs {node.gpu.resource}, and Compose can ask for those of nvidia alone"
            yield Finding(_RULE, message, node.spans["gpu"], "write gpu: 1, or leave the node out here")
        if node.autoscale:
            message = f"Compose scales nothing: {node.autoscale.minimum} of {node.name} run for good"
            help_text = "write replicas in a profile for this host"
            yield _warning(message, node.spans["autoscale"], help_text)
        if node.site and first and node.site != first:
            message = f"{node.name} is at {node.site}, and others are at {first}: here all run on one host"
            help_text = "make a profile for each host, without the nodes of the others"
            yield _warning(message, node.spans["site"], help_text)
            return
        first = first or node.site or ""


def _warning(message: str, span: Span, help_text: str) -> Finding:
    return Finding(_RULE, message, span, help_text, severity=Severity.WARNING)
