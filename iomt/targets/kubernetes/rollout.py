"""How new pods take the place of old ones, and how many may be away at once."""

from collections import defaultdict

from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.manifest import Body, Manifest, Owner, manifest

DRAIN_SECONDS, SLEEP_SECONDS = 45, 5
"""Longer than a device takes to finish after SIGTERM (20 s for its inputs, 10 for each output); and what
endpoints take until nobody is sent to a pod any more that is about to leave."""
BUDGET = "PodDisruptionBudget"
_MODEL_DEADLINE = 3600
"""Seconds until a rollout counts as stuck: a model of some gigabytes comes over a slow uplink first."""


def without_spare(plan: Plan) -> frozenset[str]:
    """Devices whose site has no graphics processor left for a new pod beside the old one.

    Such a pod would wait for the old one, and the old one for it.
    """
    asked: dict[str, int] = defaultdict(int)
    for device in plan.devices:
        if device.gpu:
            asked[device.site] += device.gpu.count * most(device)
    return frozenset(
        device.name
        for device in plan.devices
        if device.gpu
        and device.at
        and device.at.gpus is not None
        and device.at.gpus - asked[device.site] < device.gpu.count
    )


def most(device: PlannedDevice) -> int:
    """How many of it run at most."""
    return device.autoscale.maximum if device.autoscale else device.replicas


def rolls(device: PlannedDevice) -> bool:
    """Whether old and new run side by side: models alone, which take long to load.

    Anything else must not run twice: two sensors would number their frames alike, two alarms ring twice.
    """
    return bool(device.model)


def rollout(device: PlannedDevice, *, spare: bool) -> Body:
    """What a Deployment says of it. ``spare``: there is room for one pod more."""
    if not rolls(device):
        return {"revisionHistoryLimit": 3, "strategy": {"type": "Recreate"}}
    away, more = (0, 1) if spare else (1, 0)
    return {
        "revisionHistoryLimit": 3,
        "progressDeadlineSeconds": _MODEL_DEADLINE,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": away, "maxSurge": more},
        },
    }


def leaving(device: PlannedDevice) -> tuple[Body, int]:
    """What a container does before SIGTERM, and the seconds it has in all until SIGKILL."""
    if not rolls(device):
        return {}, DRAIN_SECONDS
    return {"lifecycle": {"preStop": {"sleep": {"seconds": SLEEP_SECONDS}}}}, SLEEP_SECONDS + DRAIN_SECONDS


def budget_manifest(owner: Owner) -> Manifest:
    """One at a time when machines are emptied; one that is broken anyway holds nobody up."""
    spec = {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": owner.selector},
    }
    return manifest("policy/v1", BUDGET, owner, owner.name, spec=spec)
