"""Where a device finds things inside a cluster: addresses, folders, ports, images."""

from iomt import __version__
from iomt.plan.place import Place
from iomt.plan.plan import PlannedDevice

HTTP_PORT, SERVICE_PORT = 8080, 80
BROKER, BROKER_PORT = "nats", 4222
STORE, STORE_PORT = "store", 9000
SECRET = "iomt-credentials"
BOOTSTRAP = "iomt-bootstrap"

SETTINGS_FOLDER = "/etc/iomt"
CREDENTIALS_FOLDER = "/var/run/iomt/credentials"
STATE_FOLDER = "/var/lib/iomt"
FILES_FOLDER = "/srv/iomt"
"""Where files beside the graph are expected: the graph's own folder, seen from a container."""


def place(graph: str) -> Place:
    """The same for every device of a graph: each has a pod of its own."""
    return Place(
        host="0.0.0.0",
        http_port=HTTP_PORT,
        broker=f"nats://{_host(graph, BROKER)}:{BROKER_PORT}",
        store=f"http://{_host(graph, STORE)}:{STORE_PORT}",
        credentials=CREDENTIALS_FOLDER,
        state_dir=STATE_FOLDER,
        peer=lambda node: f"http://{_host(graph, node)}",
    )


def image(device: PlannedDevice) -> str:
    """The image whose Python has what the device imports."""
    return ANALYZER_IMAGE if device.kind == "MAnalyzer" else DEVICE_IMAGE


DEVICE_IMAGE, ANALYZER_IMAGE = f"iomt/device:{__version__}", f"iomt/analyzer:{__version__}"


def _host(graph: str, service: str) -> str:
    return f"{service}.{graph}.svc.cluster.local"
