"""Addresses outside of the graph as a NetworkPolicy can say them: numbers, namespaces and ports, no names."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from iomt.catalogue.resolved import Resolved
from iomt.contract.secret import reference
from iomt.plan.grants import Address, addresses
from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.alike import hole
from iomt.targets.kubernetes.manifest import Body

NAMESPACE_NAME = "kubernetes.io/metadata.name"
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "rtsp": 554, "rtsps": 322}
_SERVICE = (".svc", ".svc.cluster.local")
_HUB = 443
_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}")


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


class Outside(NamedTuple):
    """An address of an option: ``network`` where its host is a number, else the name of its ``host``."""

    host: str
    network: str
    port: int | None
    udp: bool


def addresses_with_holes(device: PlannedDevice) -> tuple[list[Outside], dict[str, str]]:
    """Where the options of a device lead, with holes for the numbers, and what stands in them."""
    # RTP over UDP comes from a port of the camera's choice, after a packet has gone there.
    found, words = [], {}
    for number, address in enumerate(addresses(device)):
        outside = _outside(address, udp=device.options.get("transport") == "udp")
        if outside.network:
            words[f"network-{number}"] = outside.network
            outside = outside._replace(network=hole(f"network-{number}"))
        found.append(outside)
    return found, words


def openings(device: str, outside: Iterable[Outside], hidden: Iterable[str]) -> Iterator[Opening]:
    """Where a device may connect to outside of its graph, but for the hub of models; ``hidden`` are options
    that are addresses in Secrets.
    """
    for each in outside:
        yield _opening(each)
    for option in hidden:
        why = f"the {option} of {device} stands in a Secret: every port of every address is open"
        yield Opening({"ports": [{"protocol": "TCP"}]}, why)


def hub_opening(url: str) -> Opening:
    """To the hub of models; ``url`` is empty for Hugging Face's."""
    if not url:
        why = f"the hub of models has no fixed address: port {_HUB} is open to every one"
        return Opening({"ports": [_port(_HUB)]}, why)
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    address = Address("hub", parts.scheme, parts.hostname or "", parts.port)
    return _opening(_outside(address, udp=False))


def _outside(address: Address, *, udp: bool) -> Outside:
    host, port = address.host, address.port or _PORTS.get(address.scheme)
    network = ""
    if ":" in host or host[-1:].isdigit():  # all others are names
        network = f"{host}/32" if _IPV4.fullmatch(host) else _network(host)
    return Outside("" if network else host, network, port, udp)


def _network(host: str) -> str:
    """Empty where the host is a name after all."""
    import ipaddress  # takes as long to import as all of this module does

    try:
        return str(ipaddress.ip_network(host))
    except ValueError:
        return ""


def _opening(outside: Outside) -> Opening:
    host, network, port, udp = outside
    ports = [_port(port) if port else {"protocol": "TCP"}, *([{"protocol": "UDP"}] if udp else [])]
    if network:
        return Opening({"to": [{"ipBlock": {"cidr": network}}], "ports": ports})
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
