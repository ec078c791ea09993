"""Who decides in the cluster how many pods of a node there are, if anybody does."""

from iomt.plan.plan import Plan, PlannedDevice, PlannedLink
from iomt.targets.kubernetes.choices import Choices


def scaler_of(device: PlannedDevice, choices: Choices) -> str:
    """Who decides on its replicas: `hpa`, `keda`, or nobody: empty."""
    autoscale = device.autoscale
    if autoscale is None:
        return ""
    if autoscale.by == "cpu":
        return "hpa"
    reachable = waiting(device) if autoscale.by == "lag" else bool(choices.prometheus and device.inputs)
    return "keda" if choices.keda and reachable else ""


def waiting(device: PlannedDevice) -> list[PlannedLink]:
    """The links on which messages wait for it in the broker."""
    return [link for link in device.inputs if link.consumer]


def asks_broker(plan: Plan, choices: Choices) -> bool:
    """Whether KEDA reads the broker's figures."""
    return any(
        device.autoscale and device.autoscale.by == "lag" and scaler_of(device, choices)
        for device in plan.devices
    )
