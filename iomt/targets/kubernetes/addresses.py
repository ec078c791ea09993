"""Addresses outside of the graph as a NetworkPolicy can say them: numbers, namespaces and ports, no names."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from iomt.catalogue.resolved import Resolved
from iomt.contract.secret import reference
from iomt.plan.grants import Address, addresses
from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.manifest import Body

NAMESPACE_NAME = "kubernetes.io/metadata.name"
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "rtsp": 554, "rtsps": 322}
_SERVICE = (".svc", ".svc.cluster.local")
_HUB = 443


class Opening(NamedTuple):
    """A rule of a policy; ``why`` it is wider than what the graph says, empty where it is not."""

    rule: Body
    why: str = ""


def hidden_addresses(resolved: Resolved) -> dict[str, list[str]]:
    """Options by node that are URLs, by their schema, and stand in a Secret."""
    hidden: dict[str, list[str]] = {}
    for node in resolved.nodes.values():
        schemas = node.device.options.get("properties", {})
        for option, value in node.options.items():
            if reference(value) and "://" in schemas.get(option, {}).get("pattern", ""):
                hidden.setdefault(node.name, []).append(option)
    return hidden


def openings(device: PlannedDevice, hidden: Mapping[str, list[str]]) -> Iterator[Opening]:
    """Where a device may connect to outside of its graph, but for the hub of models."""
    for address in addresses(device):
        # RTP over UDP comes from a port of the camera's choice, after a packet has gone there.
        yield _opening(address, udp=device.options.get("transport") == "udp")
    for option in hidden.get(device.name, ()):
        why = f"the {option} of {device.name} stands in a Secret: every port of every address is open"
        yield Opening({"ports": [{"protocol": "TCP"}]}, why)


def hub_opening(url: str) -> Opening:
    """To the hub of models; ``url`` is empty for Hugging Face's."""
    if not url:
        why = f"the hub of models has no fixed address: port {_HUB} is open to every one"
        return Opening({"ports": [_port(_HUB)]}, why)
    parts = urlsplit(url)
    return _opening(Address("hub", parts.scheme, parts.hostname or "", parts.port), udp=False)


def _opening(address: Address, *, udp: bool) -> Opening:
    port = address.port or _PORTS.get(address.scheme)
    ports = [_port(port) if port else {"protocol": "TCP"}, *([{"protocol": "UDP"}] if udp else [])]
    host = address.host
    try:
        return Opening({"to": [{"ipBlock": {"cidr": str(ipaddress.ip_network(host))}}], "ports": ports})
    except ValueError:
        pass
    for ending in _SERVICE:
        if host.endswith(ending) and "." in (service := host.removesuffix(ending)):
            # A Service's port is not its pods', and it is theirs that counts.
            namespace = service.rpartition(".")[2]
            why = f"{host} has pods that are not known here: those of namespace {namespace} are open"
            peer = {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}}}
            return Opening({"to": [peer], "ports": [{"protocol": "TCP"}]}, why)
    which = f"port {port}" if port else "every port"
    return Opening({"ports": ports}, f"{host} is a name, which no policy can hold: {which} of every address")


def _port(number: int) -> Body:
    return {"port": number, "protocol": "TCP"}
