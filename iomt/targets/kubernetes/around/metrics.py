"""The counts of all devices for a Prometheus that its operator runs."""

from collections.abc import Iterator

from iomt.contract import http
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.addresses import NAMESPACE_NAME
from iomt.targets.kubernetes.around.asked import Asked
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import INSTANCE, PART_OF, Body, Manifest, manifest
from iomt.targets.kubernetes.place import HTTP_PORT, METRICS
from iomt.targets.kubernetes.platform import platform_owner

_NAMESPACE = "monitoring"
_COMPONENTS = ["sensor", "analyzer", "storage", "actuator"]


def metrics_manifests(plan: Plan, asked: Asked, choices: Choices) -> Iterator[Manifest]:
    """A PodMonitor, and a policy that lets the pods of that namespace come to the port of devices."""
    owner = platform_owner(plan, METRICS, choices)
    only = {"key": "app.kubernetes.io/component", "operator": "In", "values": _COMPONENTS}
    devices: Body = {"matchLabels": {PART_OF: plan.graph}, "matchExpressions": [only]}
    spec: Body = {
        "selector": devices,
        "podTargetLabels": [INSTANCE],
        "podMetricsEndpoints": [{"port": "http", "path": http.METRICS, "interval": "15s"}],
    }
    yield manifest("monitoring.coreos.com/v1", "PodMonitor", owner, METRICS, spec=spec)
    prometheus = {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: asked.value or _NAMESPACE}}}
    come = {"from": [prometheus], "ports": [{"port": HTTP_PORT, "protocol": "TCP"}]}
    spec = {"podSelector": devices, "policyTypes": ["Ingress"], "ingress": [come]}
    yield manifest("networking.k8s.io/v1", "NetworkPolicy", owner, METRICS, spec=spec)
