"""Several servers of the broker that stand in for each other: how they find and trust each other."""

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Body
from iomt.targets.kubernetes.place import BROKER, ROUTE_PORT, pods_of, secret_of

_NAME, _PASSWORD = "SERVER_NAME", "ROUTES_PASSWORD"


def clustering(graph: str) -> str:
    """The part of nats-server's configuration.

    no_advertise: devices know the Service, and need no addresses of pods.
    """
    user = names.account(graph, names.ROUTES)
    return (
        f"server_name: ${_NAME}\n"
        f'cluster {{ name: "{graph}", port: {ROUTE_PORT}, no_advertise: true,\n'
        f'  authorization {{ user: "{user}", password: ${_PASSWORD} }} }}\n'
    )


def variables() -> list[Body]:
    """What the configuration and the arguments of a server ask its environment for."""
    password = {"name": secret_of(names.ROUTES, shared=False), "key": BROKER_PASSWORD}
    return [
        {"name": _NAME, "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": _PASSWORD, "valueFrom": {"secretKeyRef": password}},
    ]


def routes(graph: str, choices: Choices) -> list[str]:
    """Arguments that say where the servers are; the kubelet puts the password in.

    nats-server leaves out the one that is itself.
    """
    user = f"{names.account(graph, names.ROUTES)}:$({_PASSWORD})"
    servers = (
        f"nats-route://{user}@{BROKER}-{number}.{pods_of(BROKER)}.{choices.namespace}.svc.cluster.local:{ROUTE_PORT}"
        for number in range(choices.servers)
    )
    return ["--routes", ",".join(servers)]
