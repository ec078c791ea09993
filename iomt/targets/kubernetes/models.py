"""Models of the hub in a cluster: fetched once per model and revision into a volume, read by all pods.

A Job for each model fills the volume; it alone reaches the hub and has the token. An analyzer waits until
its model is whole, and then reads it offline. So another `model:` is another ConfigMap, Job and Deployment.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.machines import of_site
from iomt.targets.kubernetes.manifest import SETTINGS, Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.place import HUB_SECRET, MODELS
from iomt.targets.kubernetes.pod import container_security, hash_of, pod_security, pulling

COMPONENT = "models"
_FOLDER = "/var/lib/iomt-models"
_TOKEN_FOLDER = "/var/run/iomt/hub"
_PROGRAM = ["python", "-m", "iomt.runtime.fetch_model"]
_RETRIES = 20
_KEPT_SECONDS = 24 * 3600
_READABLE_BY_GROUP = 0o440
FETCHED = {"volume": "ReadWriteOnce", "shared": "ReadWriteMany"}
"""Where volumes are made here, and the way in which they are attached to machines."""


class _Wanted(NamedTuple):
    """A model at a site, whose machines share a volume."""

    model: str
    revision: str
    site: str


def is_of_hub(device: PlannedDevice) -> bool:
    """Whether its model is an id; a folder is in the image."""
    return bool(device.model) and not device.model.startswith("/")


def models_owner(plan: Plan, choices: Choices, origin: str = "") -> Owner:
    """What the volumes and their Jobs are made for: the graph as a whole, or the line of a node."""
    return Owner(plan.graph, MODELS, COMPONENT, COMPONENT, origin or f"{plan.file}:1", choices.namespace)


def model_manifests(plan: Plan, choices: Choices) -> Iterator[Manifest]:
    """ServiceAccount, a claim for each site, a Job for each model; nothing where volumes are not ours."""
    if choices.models_kept not in FETCHED:
        return
    wanted: dict[_Wanted, PlannedDevice] = {}
    for device in plan.devices:
        if is_of_hub(device):
            wanted.setdefault(_Wanted(device.model, device.revision, device.site), device)
    if not wanted:
        return
    owner = models_owner(plan, choices)
    yield manifest("v1", "ServiceAccount", owner, MODELS, automountServiceAccountToken=False)
    for site in dict.fromkeys(each.site for each in wanted):
        name = _claim_of(site)
        of_site = Owner(plan.graph, name, COMPONENT, COMPONENT, owner.origin, owner.namespace)
        yield manifest("v1", "PersistentVolumeClaim", of_site, name, spec=_claim(choices))
    for each, device in wanted.items():
        yield _job(plan, each, device, choices)


def add_model(pod: Body, device: PlannedDevice, choices: Choices) -> None:
    """Give the pod of an analyzer its model; ``pod`` is the spec of its template, and is changed."""
    if not is_of_hub(device):
        return
    (container,) = pod["containers"]
    if choices.models_kept == "pod":
        container["env"] += _hub_settings(choices)
        container["volumeMounts"] = [*container["volumeMounts"], _TOKEN_MOUNT]
        pod["volumes"].append(_TOKEN)
        return
    mount = {"name": "models", "mountPath": _FOLDER, "readOnly": True}
    cache = {"name": "HF_HUB_CACHE", "value": _FOLDER}
    container["env"] += [cache, {"name": "HF_HUB_OFFLINE", "value": "1"}]
    container["volumeMounts"] = [*container["volumeMounts"], mount]
    pod["volumes"].append(_volume(device.site, choices, writable=False))
    if choices.models_kept in FETCHED:
        pod["initContainers"] = [
            *pod.get("initContainers", ()),
            {
                "name": "model",
                "image": container["image"],
                "command": [*_PROGRAM, "--wait", *_called(device.model, device.revision)],
                "env": [{"name": "HOME", "value": "/tmp"}, cache],
                "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}},
                "securityContext": container_security(),
                "volumeMounts": [mount],
            },
        ]


def _job(plan: Plan, wanted: _Wanted, device: PlannedDevice, choices: Choices) -> Manifest:
    container: Body = {
        "name": "fetch",
        "image": choices.image_of(device),
        "command": [*_PROGRAM, *_called(wanted.model, wanted.revision)],
        "env": [
            {"name": "HOME", "value": "/tmp"},
            {"name": "HF_HOME", "value": "/tmp/hub"},
            {"name": "HF_HUB_CACHE", "value": _FOLDER},
            *_hub_settings(choices),
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "tmp", "mountPath": "/tmp"},
            {"name": "models", "mountPath": _FOLDER},
            _TOKEN_MOUNT,
        ],
    }
    pod: Body = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "serviceAccountName": MODELS,
        "restartPolicy": "OnFailure",
        "securityContext": pod_security(),
        **pulling(choices.pull_secrets),
        **of_site(device),
        "containers": [container],
        "volumes": [
            {"name": "tmp", "emptyDir": {}},
            _volume(wanted.site, choices, writable=True),
            _TOKEN,
        ],
    }
    # A Job cannot be changed, so one with other contents has another name and runs again: at once, where
    # the model is there already.
    told = json.dumps([pod, _RETRIES, _KEPT_SECONDS], sort_keys=True)
    digest = hash_of(told)
    name = f"{MODELS}-{digest}"
    owner = Owner(plan.graph, name, COMPONENT, COMPONENT, device.origin, choices.namespace)
    template = {"metadata": {"labels": owner.labels, "annotations": {SETTINGS: digest}}, "spec": pod}
    spec = {"backoffLimit": _RETRIES, "ttlSecondsAfterFinished": _KEPT_SECONDS, "template": template}
    return manifest("batch/v1", "Job", owner, name, spec=spec)


def _called(model: str, revision: str) -> list[str]:
    return [model, revision] if revision else [model]


def _claim_of(site: str) -> str:
    return f"{MODELS}-{site}" if site else MODELS


def _claim(choices: Choices) -> Body:
    """Of the cluster's default storage class."""
    access, size = FETCHED[choices.models_kept], choices.models.value or "20Gi"
    return {"accessModes": [access], "resources": {"requests": {"storage": size}}}


def _volume(site: str, choices: Choices, *, writable: bool) -> Body:
    match choices.models_kept:
        case "image":
            return {"name": "models", "image": {"reference": choices.models.value}}
        case "claim":
            return {
                "name": "models",
                "persistentVolumeClaim": {"claimName": choices.models.value, "readOnly": True},
            }
    # Read-only by the mount alone: a volume is attached to a machine in one way for all of its pods.
    return {"name": "models", "persistentVolumeClaim": {"claimName": _claim_of(site)}}


def _hub_settings(choices: Choices) -> list[Body]:
    settings = [{"name": "HF_TOKEN_PATH", "value": f"{_TOKEN_FOLDER}/token"}]
    if choices.models.hub:
        settings.append({"name": "HF_ENDPOINT", "value": choices.models.hub})
    return settings


_TOKEN: Body = {
    "name": "hub",
    # Most models are free for all, and need none.
    "secret": {"secretName": HUB_SECRET, "optional": True, "defaultMode": _READABLE_BY_GROUP},
}
_TOKEN_MOUNT: Body = {"name": "hub", "mountPath": _TOKEN_FOLDER, "readOnly": True}
