"""What a graph promises, as alerts: `latency` of a link, and that nothing is lost on a durable one."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from iomt.budget.amounts import duration
from iomt.catalogue.resolved import Resolved
from iomt.contract import metrics
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.device import device_owner
from iomt.targets.kubernetes.manifest import Body, Manifest, manifest

_QUANTILE, _WINDOW, _FOR = "0.99", "5m", "5m"
_LOST_WINDOW = "10m"
_SOURCE = "iomt_dev_source"
"""As `iomt.dev/source`, of what an alert's annotation may be called."""


def alert_manifests(plan: Plan, resolved: Resolved, choices: Choices) -> Iterator[Manifest]:
    """A PrometheusRule for each node that a promise ends or begins at."""
    promised = {link.name: link.link.latency for link in resolved.links}
    into: dict[str, list[PlannedLink]] = defaultdict(list)
    for link in plan.links:
        into[link.target].append(link)
    for device in plan.devices:
        rules = [
            rule
            for link in into[device.name]
            for rule in _of_link(link, promised.get(link.name), choices.namespace)
        ]
        rules += _of_outputs(device, choices.namespace)
        if rules:
            groups = [{"name": f"{plan.graph}.{device.name}", "rules": rules}]
            owner = device_owner(plan, device, choices)
            spec = {"groups": groups}
            yield manifest("monitoring.coreos.com/v1", "PrometheusRule", owner, device.name, spec=spec)


def _of_link(link: PlannedLink, latency: float | None, namespace: str) -> Iterator[Body]:
    chosen = f'{{namespace="{namespace}",link="{link.name}"}}'
    if latency is not None:
        rates = f"rate({metrics.AGE_BUCKET}{chosen}[{_WINDOW}])"
        expr = f"histogram_quantile({_QUANTILE}, sum by (le) ({rates})) > {latency:.6g}"
        told = f"{link.name} promises {duration(latency)}, and 1 of 100 messages takes longer"
        yield {**_rule("IomtLatencyPromise", expr, told, link.origin), "for": _FOR}
    if link.delivery == "durable":
        expr = f"sum(increase({metrics.DROPPED}{chosen}[{_LOST_WINDOW}])) > 0"
        yield _rule("IomtLost", expr, f"{link.name} is durable, and messages were given up", link.origin)


def _of_outputs(device: PlannedDevice, namespace: str) -> Iterator[Body]:
    for output in device.outputs:
        if output.stream:
            chosen = f'{{namespace="{namespace}",pod=~"{device.name}-[^-]+-[^-]+",port="{output.port}"}}'
            expr = f"sum(increase({metrics.OUTPUT_DROPPED}{chosen}[{_LOST_WINDOW}])) > 0"
            told = f"{output.port} of {device.name} is stored in a stream, and messages never got there"
            yield _rule("IomtNeverStored", expr, told, device.origin)


def _rule(name: str, expr: str, told: str, origin: str) -> Body:
    return {
        "alert": name,
        "expr": expr,
        "labels": {"severity": "warning"},
        "annotations": {"summary": told, _SOURCE: Path(origin).name},
    }
