"""How many pods of a node there are, decided in the cluster: by cores, by what waits, or by its age.

Cores are Kubernetes' own business (HorizontalPodAutoscaler). What waits in a stream is asked of the broker,
and age of a Prometheus, by KEDA (a ScaledObject, which makes such an autoscaler of its own). Where one of
them decides, the Deployment says nothing of replicas: it would be set back with every apply.
"""

from collections.abc import Iterator, Mapping

from iomt.budget.cold import AWAKE_SECONDS, POLL_SECONDS
from iomt.budget.flows import flows
from iomt.budget.load import Load
from iomt.budget.option_meanings import Meanings
from iomt.catalogue.resolved import Resolved
from iomt.language.graph import Autoscale
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.device import device_owner
from iomt.targets.kubernetes.manifest import Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.place import BROKER, MONITOR_PORT
from iomt.targets.kubernetes.scalers import scaler_of, waiting

CAPACITY = "iomt.dev/capacity"
"""Annotation: how many replicas handle all that comes, as far as the graph and its profiles tell."""
_CALM_SECONDS = 120
"""How long there must be too many before one goes: a model takes long to load again."""
_FAILURES = 3
_QUANTILE, _WINDOW = "0.95", "1m"
_AGE = "iomt_link_age_seconds_bucket"


def loads_of(resolved: Resolved) -> Mapping[str, Load]:
    """What analyzers have to do, by name; reckoned only where something scales."""
    if all(node.node.autoscale is None for node in resolved.nodes.values()):
        return {}
    return flows(resolved, Meanings()).loads


def scaling_manifests(plan: Plan, loads: Mapping[str, Load], choices: Choices) -> Iterator[Manifest]:
    """What scales nodes; ``loads`` is what each will have to do."""
    for device in plan.devices:
        autoscale, scaler = device.autoscale, scaler_of(device, choices)
        if autoscale is None or not scaler:
            continue
        owner, load = device_owner(plan, device, choices), loads.get(device.name)
        if scaler == "hpa":
            spec = _by_cores(autoscale, owner)
            made = manifest("autoscaling/v2", "HorizontalPodAutoscaler", owner, device.name, spec=spec)
        else:
            spec = _by_messages(device, autoscale, load, choices)
            made = manifest("keda.sh/v1alpha1", "ScaledObject", owner, device.name, spec=spec)
        if load and load.needed is not None:
            hint = f"{load.needed} = ceil({_number(load.arrives)}/s x {_number(load.seconds)} s)"
            made.body["metadata"]["annotations"][CAPACITY] = hint
        yield made


def _by_cores(autoscale: Autoscale, owner: Owner) -> Body:
    use = {"type": "Utilization", "averageUtilization": max(1, round(autoscale.target * 100))}
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": owner.name},
        "minReplicas": autoscale.minimum,
        "maxReplicas": autoscale.maximum,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": use}}],
    }


def _by_messages(device: PlannedDevice, autoscale: Autoscale, load: Load | None, choices: Choices) -> Body:
    spec: Body = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": device.name},
        "pollingInterval": POLL_SECONDS,
        "cooldownPeriod": AWAKE_SECONDS,
        "minReplicaCount": autoscale.minimum,
        "maxReplicaCount": autoscale.maximum,
    }
    if autoscale.by == "lag":
        # While the broker cannot be asked: what the graph reckons with, and somebody in any case.
        needed = (load.needed if load else None) or 1
        replicas = min(max(needed, autoscale.minimum, 1), autoscale.maximum)
        spec["fallback"] = {"failureThreshold": _FAILURES, "replicas": replicas}
    behaviour = {"scaleDown": {"stabilizationWindowSeconds": _CALM_SECONDS}}
    spec["advanced"] = {"horizontalPodAutoscalerConfig": {"behavior": behaviour}}
    if autoscale.by == "lag":
        spec["triggers"] = [_lag(link, autoscale, choices) for link in waiting(device)]
    else:
        spec["triggers"] = [_age(device, autoscale, choices)]
    return spec


def _lag(link: PlannedLink, autoscale: Autoscale, choices: Choices) -> Body:
    """Messages that wait, and those that are taken and not acknowledged, for each replica."""
    return {
        "type": "nats-jetstream",
        "metadata": {
            "natsServerMonitoringEndpoint": f"{BROKER}.{choices.namespace}.svc.cluster.local:{MONITOR_PORT}",
            "account": "$G",
            "stream": link.stream,
            "consumer": link.consumer,
            "lagThreshold": str(round(autoscale.target)),
            "activationLagThreshold": "0",
            "useHttps": "false",
        },
    }


def _age(device: PlannedDevice, autoscale: Autoscale, choices: Choices) -> Body:
    """How old all but one message in twenty are when they are done; the replicas grow as the age does."""
    links = "|".join(link.name.replace(".", "[.]") for link in device.inputs)
    rates = f'rate({_AGE}{{namespace="{choices.namespace}",link=~"{links}"}}[{_WINDOW}])'
    # Without a message there is no quantile, and nothing to scale for.
    query = f"(histogram_quantile({_QUANTILE}, sum by (le) ({rates})) > 0) or vector(0)"
    return {
        "type": "prometheus",
        "metricType": "Value",
        "metadata": {
            "serverAddress": choices.prometheus,
            "query": query,
            "threshold": _number(autoscale.target),
        },
    }


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.6g}"
