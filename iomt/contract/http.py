"""Paths of the HTTP interface that every device serves, and the exit codes of its process."""

THING = "/mthing"
ALIVE = "/healthz"
READY = "/readyz"
METRICS = "/metrics"
PORTS = "/ports"
ANALYZE = "/analyze"
OBJECTS = "/objects"
ACTUATE = "/actuate"
BOUNDARY = "iomt-frame"

EXIT_FAULT = 1
"""Something broke; a restart may help."""
EXIT_SETTINGS = 2
"""The settings cannot be read; no restart helps."""
EXIT_PERMANENT = 3
"""The node's own options cannot work (no such file, no model): no restart helps."""


def newest(port: str) -> str:
    """Path of the newest item of an output port."""
    return f"{PORTS}/{port}"


def stream(port: str) -> str:
    """Path of the endless multipart stream of an output port."""
    return f"{PORTS}/{port}/stream"
