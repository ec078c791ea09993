"""Which machines the pods of a device run on, and what comes first where there is too little room."""

from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import PART_OF, Body, Owner
from iomt.targets.kubernetes.rollout import most

HOSTNAME = "kubernetes.io/hostname"
"""The label that is another one on each machine."""
_GPU_TAINT = "nvidia.com/gpu"
"""With which many clusters keep machines with graphics processors free; names of parts begin with
`nvidia.com/` too."""


def machines(device: PlannedDevice, owner: Owner, choices: Choices) -> Body:
    """Keys of the pod's spec; empty where any machine will do."""
    spec = of_site(device)
    site = device.at
    if site and site.prefers:
        wanted = [{"key": key, "operator": "In", "values": [value]} for key, value in site.prefers.items()]
        preferred = [{"weight": 100, "preference": {"matchExpressions": wanted}}]
        spec["affinity"] = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    if spread := _spread(device, owner):
        spec["topologySpreadConstraints"] = [spread]
    if name := choices.priority_of(device.kind):
        spec["priorityClassName"] = name
    return spec


def of_site(device: PlannedDevice) -> Body:
    """Which machines a pod has to run on, whatever it does for the device."""
    spec: Body = {}
    if device.at and device.at.selector:
        spec["nodeSelector"] = dict(device.at.selector)
    if tolerations := _tolerations(device):
        spec["tolerations"] = tolerations
    return spec


def files_of_machine(device: PlannedDevice) -> list[str]:
    """Device files among the options: `/dev/video0`."""
    return [each for each in device.options.values() if isinstance(each, str) and each.startswith("/dev/")]


def plugged(device: PlannedDevice) -> list[str]:
    """The resources that a device plugin of its site offers these files as."""
    offered = device.at.devices if device.at else {}
    return [offered[each] for each in files_of_machine(device) if each in offered]


def _tolerations(device: PlannedDevice) -> list[Body]:
    taints = dict(device.at.taints) if device.at else {}
    if device.gpu and device.gpu.resource.startswith("nvidia.com/"):
        taints.setdefault(_GPU_TAINT, "")
    return [
        {"key": key, "operator": "Equal", "value": value} if value else {"key": key, "operator": "Exists"}
        for key, value in taints.items()
    ]


def _spread(device: PlannedDevice, owner: Owner) -> Body:
    """Replicas stay apart, and so do sensors: one machine that fails takes as few of them as can be."""
    if device.at and HOSTNAME in device.at.selector:
        return {}
    if most(device) > 1:
        # Those of an older form are about to leave.
        return {**apart(owner.selector), "matchLabelKeys": ["pod-template-hash"]}
    if device.kind == "MSensor":
        alike = {PART_OF: owner.graph, "app.kubernetes.io/component": owner.component}
        return apart(alike)
    return {}


def apart(labels: Body) -> Body:
    """Pods with these labels are spread over machines, where there are some."""
    return {
        "maxSkew": 1,
        "topologyKey": HOSTNAME,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels},
    }
