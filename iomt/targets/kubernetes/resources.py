"""What the container of a device asks for, and what it may use at most."""

from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.manifest import Body

_REQUESTS = {
    "MSensor": {"cpu": "100m", "memory": "128Mi"},
    "MAnalyzer": {"cpu": "500m", "memory": "1Gi"},
    "MStorage": {"cpu": "100m", "memory": "128Mi"},
    "MActuator": {"cpu": "50m", "memory": "128Mi"},
}
"""Where the graph says nothing."""


def resources(device: PlannedDevice) -> Body:
    """Requests and limits. Graphics processors are limits alone: Kubernetes asks for as many."""
    asked = device.resources
    requests = dict(_REQUESTS[device.kind]) | _amounts(asked.cpu, asked.memory)
    limits = _amounts(asked.cpu_limit, asked.memory_limit)
    # A request that nobody wrote must not be above a limit that somebody did.
    requests |= _amounts(
        asked.cpu_limit if asked.cpu is None else None,
        asked.memory_limit if asked.memory is None else None,
    )
    if device.gpu:
        limits[device.gpu.resource] = str(device.gpu.count)
    return {"requests": requests} | ({"limits": limits} if limits else {})


def _amounts(cores: float | None, memory: int | None) -> dict[str, str]:
    """As Kubernetes writes them: thousandths of a core, and the largest unit of bytes that is exact."""
    amounts = {}
    if cores is not None:
        milli = max(1, round(cores * 1000))
        amounts["cpu"] = f"{milli}m" if milli % 1000 else str(milli // 1000)
    if memory is not None:
        power = next(each for each in (4, 3, 2, 1, 0) if memory % 1024**each == 0)
        amounts["memory"] = f"{memory // 1024**power}{('', 'Ki', 'Mi', 'Gi', 'Ti')[power]}"
    return amounts
