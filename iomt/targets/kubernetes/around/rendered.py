"""What stands around a graph in a cluster: pages for people, metrics, alerts, signatures, careful rollouts.

Each part only where it was asked for (`iomt compile --with PART`): a cluster must have what it is for.
"""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.around.alerts import alert_manifests
from iomt.targets.kubernetes.around.dashboard import dashboard_manifests
from iomt.targets.kubernetes.around.metrics import metrics_manifests
from iomt.targets.kubernetes.around.pages import ingress_manifests, route_manifests
from iomt.targets.kubernetes.around.signatures import signature_manifests
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Manifest


def around_manifests(plan: Plan, resolved: Resolved, choices: Choices) -> Iterator[Manifest]:
    """The objects of all parts that were asked for, but for those that change a node's own (`rollouts`)."""
    for asked in choices.around:
        match asked.part:
            case "ingress":
                yield from ingress_manifests(plan, asked, choices)
            case "route":
                yield from route_manifests(plan, asked, choices)
            case "podmonitor":
                yield from metrics_manifests(plan, asked, choices)
            case "alerts":
                yield from alert_manifests(plan, resolved, choices)
            case "dashboard":
                yield from dashboard_manifests(plan, choices)
            case "signatures":
                yield from signature_manifests(plan, asked, choices)
