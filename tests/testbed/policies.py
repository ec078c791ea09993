"""What NetworkPolicies (networking.k8s.io/v1) mean, as rules of nftables."""

import ipaddress
from dataclasses import dataclass, field

_EVERY_PORT = (0, 65535)
_BITS = {"Egress": "0x100000", "Ingress": "0x200000"}
"""Of a packet's mark: its sender may send it there, its receiver may get it. kube-proxy uses others."""


@dataclass(eq=False)
class Pod:
    """``ports``: protocol, name, the port that policies speak of and the one on the wire. ``outside``: it
    stands for a program on the node, which policies name as a pod (DNS).
    """

    namespace: str
    name: str
    labels: dict
    addresses: list
    ports: list = field(default_factory=list)
    outside: bool = False


def selects(selector, labels):
    """Whether a label selector takes something with these labels."""
    for asked in selector.get("matchExpressions") or ():
        key, values = asked["key"], asked.get("values") or ()
        holds = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not holds[asked["operator"]]:
            return False
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


class Peers:
    """Those that one rule's `from` or `to` speaks of; everybody where it names none."""

    def __init__(self, named, namespace, pods, namespaces):
        self._everybody = not named
        self.pods, self._blocks = [], []
        for peer in named or ():
            if block := peer.get("ipBlock"):
                inner = ipaddress.ip_network(block["cidr"], strict=False)
                holes = [ipaddress.ip_network(each, strict=False) for each in block.get("except") or ()]
                if inner.version == 4:
                    self._blocks.append((inner, list(ipaddress.collapse_addresses(holes))))
                continue
            self.pods += [each for each in pods if _is_meant(peer, each, namespace, namespaces)]

    def __contains__(self, pod):
        return self._everybody or pod in self.pods or any(map(self._in_a_block, pod.addresses))

    def _in_a_block(self, address):
        it = ipaddress.ip_address(address)
        return any(it in inner and not any(it in each for each in holes) for inner, holes in self._blocks)

    def matches(self, side):
        """One piece of a rule for each way to be one of them; ``side`` is `saddr` or `daddr`."""
        if self._everybody:
            return [""]
        addresses = sorted({each for pod in self.pods if not pod.outside for each in pod.addresses})
        found = [f"ip {side} {{ {', '.join(addresses)} }} "] if addresses else []
        for inner, holes in self._blocks:
            but = f"ip {side} != {{ {', '.join(map(str, holes))} }} " if holes else ""
            found.append(f"ip {side} {inner} {but}")
        return found


def _is_meant(peer, pod, namespace, namespaces):
    spaces, selected = peer.get("namespaceSelector"), peer.get("podSelector")
    if spaces is None:
        near = pod.namespace == namespace
    else:
        near = selects(spaces, namespaces.get(pod.namespace, {}))
    return near and (selected is None or selects(selected, pod.labels))


def _asked(ports):
    """A rule's ports by number, (protocol, first, last), and by name, (protocol, name)."""
    numbers, names = [], []
    for each in ports:
        protocol, port = each.get("protocol", "TCP").lower(), each.get("port")
        if isinstance(port, str):
            names.append((protocol, port))
        else:
            numbers.append((protocol, *((port, each.get("endPort") or port) if port else _EVERY_PORT)))
    return numbers, names


def _port_matches(ports):
    """Pieces of rules that match (protocol, first, last); nftables wants no two that overlap."""
    found = []
    for protocol in sorted({each[0] for each in ports}):
        spans = []
        for first, last in sorted(each[1:] for each in ports if each[0] == protocol):
            if spans and first <= spans[-1][1] + 1:
                spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
            else:
                spans.append((first, last))
        if spans == [_EVERY_PORT]:
            found.append(f"meta l4proto {protocol} ")
        else:
            told = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
            found.append(f"{protocol} dport {{ {told} }} ")
    return found


def ingress(rule, pod, peers):
    """The ways into a pod that one rule opens."""
    if not rule.get("ports"):
        return peers.matches("saddr")
    numbers, names = _asked(rule["ports"])
    numbers += [(protocol, wire, wire) for protocol, name, _, wire in pod.ports if (protocol, name) in names]
    return [who + port for who in peers.matches("saddr") for port in _port_matches(numbers)]


def egress(rule, pods, peers):
    """The ways out that one rule opens. A named port has each target's own number."""
    if rule.get("ports"):
        numbers, names = _asked(rule["ports"])
        found = [who + port for who in peers.matches("daddr") for port in _port_matches(numbers)]
    else:
        numbers, names = [(protocol, *_EVERY_PORT) for protocol in ("tcp", "udp")], []
        found = peers.matches("daddr")
    for pod in pods:
        if pod not in peers:
            continue
        wires = [
            (protocol, wire, wire)
            for protocol, name, told, wire in pod.ports
            if (protocol, name) in names
            or (
                pod.outside
                and any(protocol == each and first <= told <= last for each, first, last in numbers)
            )
        ]
        targets = ", ".join(pod.addresses)
        found += [f"ip daddr {{ {targets} }} {port}" for port in _port_matches(wires)]
    return found


def _isolates(policy, way):
    spec = policy["spec"]
    default = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    return way in (spec.get("policyTypes") or default)


def table(name, pods, namespaces, policies):
    """The whole table as one transaction: what is not allowed is answered "prohibited" at once.

    A pod that no policy selects is open. The node itself reaches every pod; answers always come back. What
    is allowed is marked, since `guard` drops the rest: an address that nobody is known to have gets nowhere.
    """
    chains = [f"chain open_{way.lower()} {{\n{_marked(way)}\n}}\n" for way in _BITS]
    jumps = {way: [] for way in _BITS}
    for pod in pods:
        if pod.outside:
            continue
        of_pod = [
            each
            for each in policies
            if each["metadata"]["namespace"] == pod.namespace
            and selects(each["spec"].get("podSelector") or {}, pod.labels)
        ]
        for way, side in (("Egress", "daddr"), ("Ingress", "saddr")):
            isolating = [each for each in of_pod if _isolates(each, way)]
            chain = f"open_{way.lower()}"
            if isolating:
                # A pod always reaches itself.
                opened = [f"ip {side} {{ {', '.join(pod.addresses)} }} "]
                for policy in isolating:
                    opened += _opened(policy, way, pod, pods, namespaces)
                rows = [f"{each}{_marked(way)} return" for each in dict.fromkeys(opened)]
                who = f"{pod.namespace}/{pod.name[:60]}"
                rows.append(f'counter reject with icmpx admin-prohibited comment "{who}"')
                chain = f"{way.lower()}_{pod.addresses[0].replace('.', '_')}"
                chains.append(f"chain {chain} {{\n" + "\n".join(rows) + "\n}\n")
            jumps[way] += [f"{address} : jump {chain}" for address in pod.addresses]
    # Before the filters of kube-proxy, which decide nothing about pods.
    head = "type filter hook {} priority filter - 5; policy accept;\n"
    head += "".join(
        f"{which} {_marked('Egress')} {_marked('Ingress')} accept\n"
        for which in ("ct direction reply", "ct state related")
    )
    out = f"ip saddr vmap {{ {', '.join(jumps['Egress'])} }}\n" if jumps["Egress"] else ""
    into = f"ip daddr vmap {{ {', '.join(jumps['Ingress'])} }}\n" if jumps["Ingress"] else ""
    return (
        f"table {name}\ndelete table {name}\ntable {name} {{\n{''.join(chains)}"
        f"chain forward {{\n{head.format('forward')}{out}{into}}}\n"
        f"chain to_node {{\n{head.format('input')}{out}}}\n}}\n"
    )


def guard(name, network):
    """A table that stays: what to or from a pod no `table` has marked is dropped.

    While one table takes the place of another, a packet on its way can find the old one's sets gone and the
    new one's rules not there yet. Without this one in some 100,000 came through.
    """
    hook = "type filter hook {} priority filter - 4; policy accept;\n"
    out, into = (
        f"ip {side} {network} meta mark and {_BITS[way]} == 0 counter drop\n"
        for way, side in (("Egress", "saddr"), ("Ingress", "daddr"))
    )
    return (
        f"table {name}\ndelete table {name}\ntable {name} {{\n"
        f"chain forward {{\n{hook.format('forward')}{out}{into}}}\n"
        f"chain to_node {{\n{hook.format('input')}{out}}}\n}}\n"
    )


def _marked(way):
    return f"meta mark set meta mark or {_BITS[way]}"


def _opened(policy, way, pod, pods, namespaces):
    rules, peer = ("ingress", "from") if way == "Ingress" else ("egress", "to")
    for rule in policy["spec"].get(rules) or ():
        peers = Peers(rule.get(peer), policy["metadata"]["namespace"], pods, namespaces)
        yield from ingress(rule, pod, peers) if way == "Ingress" else egress(rule, pods, peers)
