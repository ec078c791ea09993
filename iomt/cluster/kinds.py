"""The kinds of objects that are made, and where the API server has them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """``plural`` is its word in paths; ``scoped``: it lives in a namespace."""

    api_version: str
    name: str
    plural: str
    scoped: bool = True

    @property
    def group(self) -> str:
        """Empty for the kinds of Kubernetes' core."""
        return self.api_version.rpartition("/")[0]

    @property
    def group_kind(self) -> str:
        """As ApplySets (KEP-3659) write it: `Deployment.apps`, `Secret`."""
        return f"{self.name}.{self.group}" if self.group else self.name

    def path(self, namespace: str, name: str = "") -> str:
        """Of one object, or of all in the namespace."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.api_version}"
        inside = f"/namespaces/{namespace}" if self.scoped else ""
        return f"{root}{inside}/{self.plural}" + (f"/{name}" if name else "")


NAMESPACE = Kind("v1", "Namespace", "namespaces", scoped=False)
SECRET = Kind("v1", "Secret", "secrets")
CONFIG_MAP = Kind("v1", "ConfigMap", "configmaps")
POD = Kind("v1", "Pod", "pods")
EVENT = Kind("v1", "Event", "events")
CLAIM = Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims")
DEPLOYMENT = Kind("apps/v1", "Deployment", "deployments")
STATEFUL_SET = Kind("apps/v1", "StatefulSet", "statefulsets")
JOB = Kind("batch/v1", "Job", "jobs")
ROLLOUT = Kind("argoproj.io/v1alpha1", "Rollout", "rollouts")
WORKLOADS = (DEPLOYMENT, STATEFUL_SET, JOB, ROLLOUT)
CUSTOM = (
    ROLLOUT,
    Kind("keda.sh/v1alpha1", "ScaledObject", "scaledobjects"),
    Kind("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"),
    Kind("monitoring.coreos.com/v1", "PodMonitor", "podmonitors"),
    Kind("monitoring.coreos.com/v1", "PrometheusRule", "prometheusrules"),
    Kind("policies.kyverno.io/v1", "NamespacedImageValidatingPolicy", "namespacedimagevalidatingpolicies"),
)
"""Kinds that other projects define: a cluster may not know them."""
MADE = (
    NAMESPACE,
    SECRET,
    CONFIG_MAP,
    CLAIM,
    Kind("v1", "ServiceAccount", "serviceaccounts"),
    Kind("v1", "Service", "services"),
    *WORKLOADS,
    Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses"),
    *CUSTOM,
    Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
)
_BY_NAME = {(each.api_version, each.name): each for each in MADE}
BY_GROUP_KIND = {each.group_kind: each for each in MADE}


def kind_of(body: dict[str, Any]) -> Kind:
    """The kind of an object. Raises KeyError for one that we never make."""
    return _BY_NAME[body["apiVersion"], body["kind"]]
