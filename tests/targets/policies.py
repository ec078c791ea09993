"""What NetworkPolicies allow, by the rules of Kubernetes' documentation: for tests, written apart."""

import ipaddress
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pod:
    """One end of a connection; with an ``address`` it is outside of the cluster."""

    namespace: str = ""
    labels: dict = field(default_factory=dict)
    address: str = ""


def allows(policies, source, target, port, protocol="TCP"):
    """Whether a connection comes about: let out at one end and in at the other."""
    return _lets(policies, "Egress", source, target, port, protocol) and _lets(
        policies, "Ingress", target, source, port, protocol
    )


def _lets(policies, direction, pod, other, port, protocol):
    if pod.address:
        return True
    word, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    bound = [
        each["spec"]
        for each in policies
        if each["metadata"]["namespace"] == pod.namespace
        and direction in each["spec"]["policyTypes"]
        and _selected(each["spec"]["podSelector"], pod.labels)
    ]
    return not bound or any(
        _is_port(rule, port, protocol)
        and (peers not in rule or any(_is_peer(peer, pod.namespace, other) for peer in rule[peers]))
        for spec in bound
        for rule in spec.get(word, ())
    )


def _is_port(rule, port, protocol):
    return "ports" not in rule or any(
        each["protocol"] == protocol and each.get("port", port) == port for each in rule["ports"]
    )


def _is_peer(peer, namespace, other):
    if "ipBlock" in peer:
        block = ipaddress.ip_network(peer["ipBlock"]["cidr"])
        return bool(other.address) and ipaddress.ip_address(other.address) in block
    if other.address:
        return False
    if "namespaceSelector" in peer:
        if not _selected(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace}):
            return False
    elif other.namespace != namespace:
        return False
    return _selected(peer.get("podSelector", {}), other.labels)


def _selected(selector, labels):
    for each in selector.get("matchExpressions", ()):
        assert each["operator"] == "In"
        if labels.get(each["key"]) not in each["values"]:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()
