"""The objects of a node: its settings, the pod that runs it, the name it is found by.

They are built once for all nodes that are alike (`iomt.targets.kubernetes.alike`).
"""

import re
from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any

from iomt.contract.indented import leaf
from iomt.contract.secret import reference, references
from iomt.contract.settings_forms import SettingsForms
from iomt.plan.place import settings
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.alike import Alike, Pattern, Words, hole
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
from iomt.targets.kubernetes.pod import hash_of, pod_template
from iomt.targets.kubernetes.probes import probes
from iomt.targets.kubernetes.resources import resources
from iomt.targets.kubernetes.rollout import budget_manifest, leaving, most, rollout, without_spare
from iomt.targets.kubernetes.scalers import scaler_of

FILE = "settings.json"
_VIDEO_GROUP = 44
"""Whose the files of cameras are on Debian and its kin; others can be told to containerd
(`device_ownership_from_security_context`)."""
ORIGIN = re.compile(r'^  "origin": .*,$', re.MULTILINE)
"""The line of settings that tells where the node stands in the graph's file."""
NAME_HOLE, ORIGIN_HOLE = hole("name"), hole("origin")
"""What a node's objects have of its own, wherever they are patterns."""
_SETTINGS_HOLE, _DIGEST_HOLE = hole("settings"), hole("digest")
_AT, _INPUTS, _OPTIONS, _PROFILE = map(PlannedDevice._fields.index, ("at", "inputs", "options", "profile"))
_LEFT_OUT = [
    (PlannedDevice._fields.index(name), value)
    for name, value in {
        "name": NAME_HOLE,
        "origin": ORIGIN_HOLE,
        "runtime": "",
        "outputs": (),
        "bucket": "",
        "task": "",
        "files": (),
        "listens": 0,
    }.items()
]


def device_manifests(plan: Plan, choices: Choices) -> Iterator[Manifest]:
    """Of each node ServiceAccount, ConfigMap, Deployment, Service; where several run, their
    PodDisruptionBudget.
    """
    full, where = without_spare(plan), place(choices.namespace)
    made: dict[Hashable, list[Pattern]] = {}
    forms = SettingsForms()
    for device in plan.devices:
        spare = device.name not in full
        form = _form(device)
        key = _key(form, spare)
        patterns = made.get(key)
        if patterns is None:
            built = _manifests(plan, PlannedDevice(*form), choices, spare)
            patterns = made[key] = [Pattern(each.body) for each in built]
        told = forms.text(settings(plan, device, where))
        # A node that moved down in the graph's file is told so, and goes on running.
        content = told.replace(f'\n  "origin": {leaf(device.origin)},\n', '\n  "origin": "",\n', 1)
        words = {
            "name": device.name,
            "origin": device.origin,
            "settings": told + "\n",
            "digest": hash_of(content),
        }
        owner, filling = device_owner(plan, device, choices), Words(words)
        for pattern in patterns:
            yield Alike(owner, pattern, filling)


def _form(device: PlannedDevice) -> list[Any]:
    """The fields of a device without what its settings alone depend on, and with holes for what is its own.

    So what is rendered cannot depend on more than devices of the same form have in common.
    """
    found: list[Any] = list(device)
    for at, value in _LEFT_OUT:
        found[at] = value
    options = {key: value for key, value in device.options.items() if _is_of_pods(value)}
    found[_OPTIONS] = options
    found[_INPUTS] = device.inputs if device.autoscale else ()
    return found


def _is_of_pods(value: Any) -> bool:
    """Whether an option names a file of the machine or a Secret, which are given to the pod."""
    if isinstance(value, str):
        return value.startswith("/dev/")
    return isinstance(value, dict | list) and any(references(value))


def _key(form: list[Any], spare: bool) -> Hashable:
    """Equal forms have equal keys. There is one site and one profile, however many nodes have it."""
    found = [*form, spare]
    found[_OPTIONS] = repr(form[_OPTIONS]) if form[_OPTIONS] else ""
    found[_AT], found[_PROFILE] = id(form[_AT]), id(form[_PROFILE])
    return tuple(found)


def _manifests(plan: Plan, device: PlannedDevice, choices: Choices, spare: bool) -> Iterator[Manifest]:
    owner = device_owner(plan, device, choices)
    yield manifest("v1", "ServiceAccount", owner, device.name, automountServiceAccountToken=False)
    yield manifest("v1", "ConfigMap", owner, device.name, data={FILE: _SETTINGS_HOLE})
    spec = _deployment(device, owner, choices, spare=spare)
    yield manifest("apps/v1", "Deployment", owner, device.name, spec=spec)
    yield manifest("v1", "Service", owner, device.name, spec=_service(owner))
    if most(device) > 1:
        yield budget_manifest(owner)


def device_owner(plan: Plan, device: PlannedDevice, choices: Choices) -> Owner:
    """The node that a device's objects are made for."""
    component = component_of(device.kind)
    return Owner(plan.graph, device.name, device.device, component, device.origin, choices.namespace)


@cache
def component_of(kind: str) -> str:
    """What a label calls the kind of a node."""
    return kind.removeprefix("M").lower()


def _deployment(device: PlannedDevice, owner: Owner, choices: Choices, *, spare: bool) -> Body:
    last_words, grace = leaving(device)
    template = pod_template(
        owner,
        _container(device, choices.image_of(device)) | last_words,
        config_maps=[device.name],
        digest=_DIGEST_HOLE,
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
