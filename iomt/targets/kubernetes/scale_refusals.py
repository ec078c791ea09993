"""Where replicas cannot follow what the graph says they should follow."""

from collections import defaultdict
from collections.abc import Iterator

from iomt.budget.amounts import duration
from iomt.budget.cold import sleeps, start_seconds
from iomt.catalogue.resolved import Resolved, ResolvedLink, ResolvedNode
from iomt.diagnostics.finding import Finding, Related, Severity
from iomt.language.graph import Autoscale
from iomt.plan.place import queue
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.scalers import scaler_of, waiting

RULE = "target-autoscale"


def scale_refusals(plan: Plan, resolved: Resolved, choices: Choices) -> Iterator[Finding]:
    """Nobody who could count, or nobody who could wake a node that sleeps."""
    for device in plan.devices:
        if device.autoscale is None:
            continue
        node = resolved.nodes[device.name]
        if sleeps(node):
            yield from _of_sleep(device, device.autoscale, resolved, choices)
        if not scaler_of(device, choices):
            yield _uncounted(device, device.autoscale, node, choices)
        elif device.autoscale.maximum > 1 and not any(
            link.consumer or queue(link, device) for link in device.inputs
        ):
            message = f"more of {device.name} do the same work again: each of them hears every message"
            span, help_text = node.node.spans["autoscale"], "make the link durable: its replicas share it"
            yield Finding(RULE, message, span, help_text, severity=Severity.WARNING)


def _uncounted(device: PlannedDevice, autoscale: Autoscale, node: ResolvedNode, choices: Choices) -> Finding:
    number, by = max(1, autoscale.minimum), autoscale.by
    if by == "lag" and not waiting(device):
        why, help_text = "no durable link goes to it, so nothing waits", "make a link to it durable"
    elif not choices.keda:
        why = "without KEDA nobody knows it"
        help_text = "leave out `--keda none`, or scale by cpu"
    else:
        why = "it is known to Prometheus alone"
        help_text = "say where that is: --prometheus URL; or scale by lag or cpu"
    message = f"{device.name} scales by {by}, and {why}: it gets {number} for good"
    return Finding(RULE, message, node.node.spans["autoscale"], help_text, severity=Severity.WARNING)


def _of_sleep(
    device: PlannedDevice, autoscale: Autoscale, resolved: Resolved, choices: Choices
) -> Iterator[Finding]:
    span = resolved.nodes[device.name].node.spans["autoscale"]
    latest = [link for link in device.inputs if not link.consumer]
    if autoscale.by != "lag":
        message = f"{device.name} may run 0 times, and nothing that sleeps tells its {autoscale.by}"
        yield Finding(RULE, message, span, "scale by lag, or write min: 1")
    elif latest:
        lost = f"what comes over the latest link {latest[0].name} is lost then"
        message = f"{device.name} may run 0 times, and {lost}"
        yield Finding(RULE, message, span, "make all links to it durable, or write min: 1")
    elif scaler_of(device, choices):
        yield from _of_promises(device.name, resolved)


def _of_promises(name: str, resolved: Resolved) -> Iterator[Finding]:
    """Promises behind a node that a cold start alone breaks."""
    node = resolved.nodes[name]
    cold = start_seconds(node)
    for link in _behind(name, resolved):
        promised = link.link.latency
        if promised is not None and promised < cold:
            least = "" if node.profile.startup is not None else "at least "
            message = (
                f"{name} may run 0 times, and then a message waits {least}{duration(cold)} for its start: "
                f"{link.name} promises {duration(promised)}"
            )
            related = (Related(link.link.spans.get("latency", link.link.span), "the promise"),)
            yield Finding(RULE, message, node.node.spans["autoscale"], "write min: 1", related)


def _behind(name: str, resolved: Resolved) -> Iterator[ResolvedLink]:
    """The links that a message passes after this node."""
    out_of: dict[str, list[ResolvedLink]] = defaultdict(list)
    for link in resolved.links:
        out_of[link.source.node.name].append(link)
    seen, open_ = {name}, [name]
    while open_:
        for link in out_of[open_.pop()]:
            yield link
            if (target := link.target.node.name) not in seen:
                seen.add(target)
                open_.append(target)
