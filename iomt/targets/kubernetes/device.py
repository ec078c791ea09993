"""The objects of one node: its settings, the pod that runs it, the name it is found by."""

import re
from collections.abc import Collection, Iterator

from iomt.contract.secret import reference, references
from iomt.plan.place import settings
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.machines import machines, plugged
from iomt.targets.kubernetes.manifest import Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.models import add_model
from iomt.targets.kubernetes.place import (
    HTTP_PORT,
    SERVICE_PORT,
    SETTINGS_FOLDER,
    STATE_FOLDER,
    place,
    secret_of,
)
from iomt.targets.kubernetes.pod import pod_template
from iomt.targets.kubernetes.probes import probes
from iomt.targets.kubernetes.resources import resources
from iomt.targets.kubernetes.rollout import disruption_budget, leaving, most, rollout
from iomt.targets.kubernetes.scalers import scaler_of

FILE = "settings.json"
_VIDEO_GROUP = 44
"""Whose the files of cameras are on Debian and its kin; others can be told to containerd
(`device_ownership_from_security_context`)."""
ORIGIN = re.compile(r'^  "origin": .*,$', re.MULTILINE)
"""The line of settings that tells where the node stands in the graph's file."""


def device_manifests(
    plan: Plan, device: PlannedDevice, choices: Choices, full: Collection[str] = ()
) -> Iterator[Manifest]:
    """ServiceAccount, ConfigMap, Deployment, Service; where several run, their PodDisruptionBudget; where
    it scales by its cores, what scales it. ``full`` are devices whose site has no room for a pod more.
    """
    owner = device_owner(plan, device, choices)
    told = settings(plan, device, place(choices.namespace)).to_json()
    # A node that moved down in the graph's file is told so, and goes on running.
    content = ORIGIN.sub('  "origin": "",', told, count=1)
    yield manifest("v1", "ServiceAccount", owner, device.name, automountServiceAccountToken=False)
    yield manifest("v1", "ConfigMap", owner, device.name, data={FILE: told + "\n"})
    spec = _deployment(device, owner, content, choices, spare=device.name not in full)
    yield manifest("apps/v1", "Deployment", owner, device.name, spec=spec)
    yield manifest("v1", "Service", owner, device.name, spec=_service(owner))
    if most(device) > 1:
        budget = disruption_budget(owner)
        yield manifest("policy/v1", "PodDisruptionBudget", owner, device.name, spec=budget)


def device_owner(plan: Plan, device: PlannedDevice, choices: Choices) -> Owner:
    """The node that a device's objects are made for."""
    component = device.kind.removeprefix("M").lower()
    return Owner(plan.graph, device.name, device.device, component, device.origin, choices.namespace)


def _deployment(device: PlannedDevice, owner: Owner, content: str, choices: Choices, *, spare: bool) -> Body:
    last_words, grace = leaving(device)
    template = pod_template(
        owner,
        _container(device, choices.image_of(device)) | last_words,
        config_map=device.name,
        content=content,
        credentials=_credentials(device, choices),
        secrets=[found for _, each in references(device.options) if (found := reference(each))],
        writable={"tmp": "/tmp", "state": STATE_FOLDER},
        serviceAccountName=device.name,
        terminationGracePeriodSeconds=grace,
        groups=[_VIDEO_GROUP] if plugged(device) else (),
        pull_secrets=choices.pull_secrets,
        **machines(device, owner, choices),
    )
    add_model(template["spec"], device, choices)
    return {
        # Left out where a scaler decides: it would be set back with every apply. One that is told and not
        # there must not leave the node asleep.
        **({} if scaler_of(device, choices) else {"replicas": max(1, device.replicas)}),
        **rollout(device, spare=spare),
        "selector": {"matchLabels": owner.selector},
        "template": template,
    }


def _credentials(device: PlannedDevice, choices: Choices) -> str:
    if not (device.broker or device.store):
        return ""
    return secret_of(device.name, shared=choices.platform == "external")


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
        **probes(device),
    }


def _service(owner: Owner) -> Body:
    port = {"name": "http", "port": SERVICE_PORT, "targetPort": "http", "protocol": "TCP"}
    return {"type": "ClusterIP", "selector": owner.selector, "ports": [port]}
