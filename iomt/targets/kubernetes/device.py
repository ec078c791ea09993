"""The objects of one node: its settings, the pod that runs it, the name it is found by."""

import re
from collections.abc import Iterator

from iomt.contract import http
from iomt.contract.secret import reference, references
from iomt.language.graph import Autoscale
from iomt.plan.place import settings
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.place import (
    HTTP_PORT,
    SERVICE_PORT,
    SETTINGS_FOLDER,
    STATE_FOLDER,
    place,
    secret_of,
)
from iomt.targets.kubernetes.pod import pod_template
from iomt.targets.kubernetes.resources import resources

FILE = "settings.json"
_DRAIN_SECONDS = 45
"""Longer than a device takes to finish after SIGTERM."""
ORIGIN = re.compile(r'^  "origin": .*,$', re.MULTILINE)
"""The line of settings that tells where the node stands in the graph's file."""


def device_manifests(plan: Plan, device: PlannedDevice, choices: Choices) -> Iterator[Manifest]:
    """ServiceAccount, ConfigMap, Deployment, Service and, where it scales by its cores, what scales it."""
    owner = device_owner(plan, device, choices)
    told = settings(plan, device, place(choices.namespace)).to_json()
    # A node that moved down in the graph's file is told so, and goes on running.
    content = ORIGIN.sub('  "origin": "",', told, count=1)
    yield manifest("v1", "ServiceAccount", owner, device.name, automountServiceAccountToken=False)
    yield manifest("v1", "ConfigMap", owner, device.name, data={FILE: told + "\n"})
    spec = _deployment(device, owner, content, choices)
    yield manifest("apps/v1", "Deployment", owner, device.name, spec=spec)
    yield manifest("v1", "Service", owner, device.name, spec=_service(owner))
    if device.autoscale and device.autoscale.by == "cpu":
        scaling = _scaling(device.autoscale, owner)
        yield manifest("autoscaling/v2", "HorizontalPodAutoscaler", owner, device.name, spec=scaling)


def device_owner(plan: Plan, device: PlannedDevice, choices: Choices) -> Owner:
    """The node that a device's objects are made for."""
    component = device.kind.removeprefix("M").lower()
    return Owner(plan.graph, device.name, device.device, component, device.origin, choices.namespace)


def _deployment(device: PlannedDevice, owner: Owner, content: str, choices: Choices) -> Body:
    template = pod_template(
        owner,
        _container(device, choices.image_of(device)),
        config_map=device.name,
        content=content,
        credentials=_credentials(device, choices),
        secrets=[found for _, each in references(device.options) if (found := reference(each))],
        writable={"tmp": "/tmp", "state": STATE_FOLDER},
        serviceAccountName=device.name,
        terminationGracePeriodSeconds=_DRAIN_SECONDS,
        **({"nodeSelector": dict(device.selector)} if device.selector else {}),
    )
    scaled = device.autoscale and device.autoscale.by == "cpu"
    return {
        # Left out where the autoscaler decides: it would be set back with every apply.
        **({} if scaled else {"replicas": device.replicas}),
        "revisionHistoryLimit": 3,
        "strategy": _strategy(device),
        "selector": {"matchLabels": owner.selector},
        "template": template,
    }


def _credentials(device: PlannedDevice, choices: Choices) -> str:
    if not (device.broker or device.store):
        return ""
    return secret_of(device.name, shared=choices.platform == "external")


def _strategy(device: PlannedDevice) -> Body:
    """A model takes long to load, so the old one works until the new one is ready. Anything else
    must not run twice: two sensors would number their frames alike, two alarms ring twice.
    """
    if device.model:
        return {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    return {"type": "Recreate"}


def _container(device: PlannedDevice, image: str) -> Body:
    # A read-only root has no home folder; a fetched model is kept as long as the pod is.
    folders = {"HOME": "/tmp"} | ({"HF_HOME": f"{STATE_FOLDER}/hub"} if device.model else {})
    return {
        "name": "device",
        "image": image,
        "command": ["python", "-m", "iomt.runtime", f"{SETTINGS_FOLDER}/{FILE}"],
        "env": [{"name": name, "value": value} for name, value in folders.items()],
        "ports": [{"name": "http", "containerPort": HTTP_PORT, "protocol": "TCP"}],
        "resources": resources(device),
        # Importing a model's libraries takes a while before the first answer comes.
        "startupProbe": _probe(http.ALIVE, period=2, failures=90),
        "readinessProbe": _probe(http.READY, period=5, failures=2),
        "livenessProbe": _probe(http.ALIVE, period=10, failures=6),
    }


def _scaling(autoscale: Autoscale, owner: Owner) -> Body:
    use = {"type": "Utilization", "averageUtilization": max(1, round(autoscale.target * 100))}
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": owner.name},
        "minReplicas": autoscale.minimum,
        "maxReplicas": autoscale.maximum,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": use}}],
    }


def _probe(path: str, period: int, failures: int) -> Body:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": period,
        "timeoutSeconds": 2,
        "failureThreshold": failures,
    }


def _service(owner: Owner) -> Body:
    port = {"name": "http", "port": SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}
    return {"type": "ClusterIP", "selector": owner.selector, "ports": [port]}
