"""What the container of a device asks for, and what it may use at most.

The graph decides; where it says nothing, what was measured or declared of the device; then the figures below.
"""

from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.machines import plugged
from iomt.targets.kubernetes.manifest import Body

_REQUESTS = {
    "MSensor": {"cpu": "100m", "memory": "128Mi"},
    "MAnalyzer": {"cpu": "500m", "memory": "1Gi"},
    "MStorage": {"cpu": "100m", "memory": "128Mi"},
    "MActuator": {"cpu": "50m", "memory": "128Mi"},
}
_ROOM = 1.25
"""A measured peak is that of one afternoon."""
_LIMIT_ROOM = 2
_LIMIT = 2**30
"""What nothing but a leak reaches, in devices without a model: one camera must not take its machine down.
Of a model nobody knows it beforehand. Nobody's processors are limited: they are shared by what is asked for,
and a limit would stop a camera in the middle of a frame."""
_MEBI = 2**20
_DISK, _DISK_REQUEST, _DISK_LIMIT, _DISK_OF_MODELS = "ephemeral-storage", "64Mi", "1Gi", "32Gi"
"""Logs, counts and what is written to /tmp; a model may be fetched there."""


def resources(device: PlannedDevice) -> Body:
    """Requests and limits. Graphics processors are limits alone: Kubernetes asks for as many."""
    asked, known = device.resources, device.profile
    peak = None if known.memory is None else int(known.memory)
    requests = dict(_REQUESTS[device.kind])
    requests |= amounts(known.cores, _mebibytes(peak, _ROOM))
    requests |= amounts(asked.cpu, asked.memory)
    limits = amounts(asked.cpu_limit, asked.memory_limit or _most_memory(device, peak))
    # A request that nobody wrote must not be above a limit that somebody did.
    requests |= amounts(
        asked.cpu_limit if asked.cpu is None else None,
        asked.memory_limit if asked.memory is None else None,
    )
    if device.gpu:
        limits[device.gpu.resource] = str(device.gpu.count)
    for name in plugged(device):
        limits[name] = "1"
    requests[_DISK] = _DISK_REQUEST
    limits[_DISK] = _DISK_OF_MODELS if device.model else _DISK_LIMIT
    return {"requests": requests, "limits": limits}


def _most_memory(device: PlannedDevice, peak: int | None) -> int | None:
    if device.model and peak is None:
        return None
    known = max(peak or 0, device.resources.memory or 0) * _LIMIT_ROOM
    return _mebibytes(known if device.model else max(known, _LIMIT), 1)


def with_disk(resources: Body) -> Body:
    """Those of a container that keeps nothing on its machine's disk but logs and a little beside them."""
    return {
        "requests": {**resources["requests"], _DISK: _DISK_REQUEST},
        "limits": {**resources["limits"], _DISK: _DISK_LIMIT},
    }


def amounts(cores: float | None, memory: int | None) -> dict[str, str]:
    """As Kubernetes writes them: thousandths of a core, and the largest unit of bytes that is exact."""
    found = {}
    if cores is not None:
        milli = max(1, round(cores * 1000))
        found["cpu"] = f"{milli}m" if milli % 1000 else str(milli // 1000)
    if memory is not None:
        power = next(each for each in (4, 3, 2, 1, 0) if memory % 1024**each == 0)
        found["memory"] = f"{memory // 1024**power}{('', 'Ki', 'Mi', 'Gi', 'Ti')[power]}"
    return found


def _mebibytes(peak: int | None, room: float) -> int | None:
    """More than the peak, in figures that people can read."""
    return None if peak is None else -int(-peak * room // _MEBI) * _MEBI
