"""How the kubelet sees whether a device lives and is ready."""

import math

from iomt.contract import http
from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.manifest import Body

_STARTUP_PERIOD, _STARTUP_SECONDS, _TIMES_MEASURED = 2, 180, 4
"""Importing a model's libraries takes a while before the first answer comes, on a small machine minutes."""


def probe(path: str, port: str, period: int, failures: int, timeout: int = 2) -> Body:
    """One probe over HTTP."""
    return {
        "httpGet": {"path": path, "port": port},
        "periodSeconds": period,
        "timeoutSeconds": timeout,
        "failureThreshold": failures,
    }


def probes(device: PlannedDevice) -> Body:
    """Startup as long as was measured and much more; ready is connected, with the model loaded.

    What lives answers even while its model works, which has a thread of its own: a slow model or a slow
    download fails no probe, since `/healthz` knows nothing of either. Only a process that has not answered
    for a minute is started again.
    """
    patience = max(_STARTUP_SECONDS, math.ceil((device.profile.startup or 0.0) * _TIMES_MEASURED))
    return {
        "startupProbe": probe(http.ALIVE, "http", _STARTUP_PERIOD, math.ceil(patience / _STARTUP_PERIOD), 5),
        "readinessProbe": probe(http.READY, "http", 5, 2, 5),
        "livenessProbe": probe(http.ALIVE, "http", 10, 6, 5),
    }
