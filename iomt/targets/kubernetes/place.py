"""Where a device finds things inside a cluster: addresses, folders, ports, images."""

from iomt.contract import names
from iomt.plan.place import Place

HTTP_PORT, SERVICE_PORT = 8080, 80
BROKER, BROKER_PORT, MONITOR_PORT = "nats", 4222, 8222
ROUTE_PORT = 6222
"""Where several servers of the broker find each other."""
STORE, STORE_PORT = "store", 9000
SECRET = "iomt-credentials"
BOOTSTRAP, OBSERVER, ROUTES = "iomt-bootstrap", "iomt-observer", "iomt-routes"
DEFAULT_DENY = "iomt-default-deny"
MODELS, HUB_SECRET = "iomt-models", "iomt-hub"
METRICS, DASHBOARD, SIGNATURES = "iomt-metrics", "iomt-dashboard", "iomt-signatures"

SETTINGS_FOLDER = "/etc/iomt"
CREDENTIALS_FOLDER = "/var/run/iomt/credentials"
USERS_FOLDER = "users"
"""Inside the credentials of the bootstrap: a folder for each account that it makes at the store."""
STATE_FOLDER = "/var/lib/iomt"
FILES_FOLDER = "/srv/iomt"
"""Where files beside the graph are expected: the graph's own folder, seen from a container."""


_PARTIES = {names.BOOTSTRAP: BOOTSTRAP, names.OBSERVER: OBSERVER, names.ROUTES: ROUTES}


def secret_of(party: str, *, shared: bool) -> str:
    """The Secret of a party of the graph; ``shared``: one for all, for a broker and store of the user's."""
    return SECRET if shared else f"{SECRET}.{_PARTIES.get(party, party)}"


def pods_of(service: str) -> str:
    """The headless Service by which each pod of a StatefulSet has a name of its own."""
    return f"{service}-pods"


def place(namespace: str) -> Place:
    """The same for every device of a graph: each has a pod of its own."""
    return Place(
        host="0.0.0.0",
        http_port=HTTP_PORT,
        broker=f"nats://{_host(namespace, BROKER)}:{BROKER_PORT}",
        store=f"http://{_host(namespace, STORE)}:{STORE_PORT}",
        credentials=CREDENTIALS_FOLDER,
        state_dir=STATE_FOLDER,
        peer=lambda node: f"http://{_host(namespace, node)}",
        replicates=True,
    )


def _host(namespace: str, service: str) -> str:
    return f"{service}.{namespace}.svc.cluster.local"
