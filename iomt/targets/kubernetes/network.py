"""Who may open a connection to whom, as NetworkPolicies: from the links, and nothing else.

A connection between two pods of the graph needs both: the one may go out to the other, and the other may
be come to. What answers a connection is always let through, and so are the kubelet's probes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from iomt.plan.grants import GraphGrants
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.addresses import (
    NAMESPACE_NAME,
    Opening,
    Outside,
    addresses_with_holes,
    hub_opening,
    openings,
)
from iomt.targets.kubernetes.alike import Alike, Pattern, Words
from iomt.targets.kubernetes.bootstrap import bootstrap_owner
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.device import NAME_HOLE, ORIGIN_HOLE, component_of, device_owner
from iomt.targets.kubernetes.manifest import INSTANCE, PART_OF, Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.models import FETCHED, is_of_hub, models_owner
from iomt.targets.kubernetes.place import (
    BOOTSTRAP,
    BROKER,
    BROKER_PORT,
    DEFAULT_DENY,
    HTTP_PORT,
    MONITOR_PORT,
    ROUTE_PORT,
    STORE,
    STORE_PORT,
)
from iomt.targets.kubernetes.platform import platform_owner
from iomt.targets.kubernetes.scalers import asks_broker

OPEN = "iomt.dev/open"
"""Annotation: what a policy lets through beyond what the graph says, and why."""
_DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {NAMESPACE_NAME: "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")],
}
_PARTS = {"broker": BROKER, "store": STORE}
_PORTS = {BROKER: BROKER_PORT, STORE: STORE_PORT}


def network_manifests(
    plan: Plan, held: GraphGrants, choices: Choices, hidden: Mapping[str, list[str]]
) -> Iterator[Manifest]:
    """A policy for each pod of the graph, and one that shuts off whatever other pod is called its own.

    ``hidden`` are the options by node that are addresses in Secrets.
    """
    yield _default_deny(plan, choices)
    users: dict[str, list[str]] = {BROKER: [], STORE: []}
    readers: dict[str, list[str]] = {}
    for party in held.devices:
        for each in party.connections:
            if each.kind == "peer":
                readers.setdefault(each.to, []).append(party.name)
            elif each.kind in _PARTS:
                users[_PARTS[each.kind]].append(party.name)
    keeps = any(link.stream for link in plan.links)
    made = [part for part, needed in ((BROKER, keeps), (STORE, plan.buckets)) if needed]
    for part in made:
        users[part].append(BOOTSTRAP)
    if choices.platform == "embedded":
        for part in _PORTS:
            if users[part]:
                yield _of_platform(plan, part, users[part], choices)
    if made:
        yield _policy(bootstrap_owner(plan, choices), [], _to_platform(plan, made, choices))
    hub = hub_opening(choices.models.hub)
    yield from _of_models(plan, hub, choices)
    made_of: dict[_Form, Pattern] = {}
    for party, device in zip(held.devices, plan.devices, strict=True):
        found, words = addresses_with_holes(device)
        form = _Form(
            device.device,
            device.kind,
            frozenset([each.kind for each in party.connections]),
            tuple([each.to for each in party.connections if each.kind == "peer"]),
            tuple(readers.get(device.name, ())),
            tuple(found),
            tuple(hidden.get(device.name, ())),
        )
        pattern = made_of.get(form)
        if pattern is None:
            pattern = made_of[form] = Pattern(_of_form(plan, form, hub, choices).body)
        owner = device_owner(plan, device, choices)
        yield Alike(owner, pattern, Words({"name": device.name, "origin": device.origin, **words}))


class _Form(NamedTuple):
    """All that the policy of a device depends on, but for its name and what stands in holes."""

    device: str
    kind: str
    connections: frozenset[str]
    peers: tuple[str, ...]
    readers: tuple[str, ...]
    outside: tuple[Outside, ...]
    hidden: tuple[str, ...]


def _of_form(plan: Plan, form: _Form, hub: Opening, choices: Choices) -> Manifest:
    kinds, readers = form.connections, form.readers
    out = [
        *_to_platform(plan, [_PARTS[kind] for kind in _PARTS if kind in kinds], choices),
        *_to_peers(plan, form.peers),
        *openings(NAME_HOLE, form.outside, form.hidden),
        *([hub] if "hub" in kinds and choices.models_kept == "pod" else []),
    ]
    come = []
    if "page" in kinds:
        guests = [_visitors(choices), *([_pods(plan, readers)] if readers else [])]
        come = [{"from": guests, "ports": [_port(HTTP_PORT)]}]
    elif readers:
        come = [{"from": [_pods(plan, readers)], "ports": [_port(HTTP_PORT)]}]
    component = component_of(form.kind)
    owner = Owner(plan.graph, NAME_HOLE, form.device, component, ORIGIN_HOLE, choices.namespace)
    return _policy(owner, come, out)


def _visitors(choices: Choices) -> Body:
    """Where people come from: the proxy that the cluster has for that, if it was named."""
    if not choices.visitors:
        return {"namespaceSelector": {}}
    where: Body = {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: choices.visitors.namespace}}}
    if choices.visitors.labels:
        where["podSelector"] = {"matchLabels": dict(choices.visitors.labels)}
    return where


def _of_models(plan: Plan, hub: Opening, choices: Choices) -> Iterator[Manifest]:
    if choices.models_kept in FETCHED and any(is_of_hub(device) for device in plan.devices):
        owner = models_owner(plan, choices)
        selector = {PART_OF: plan.graph, "app.kubernetes.io/component": owner.component}
        yield _made(owner, {"matchLabels": selector}, [], [hub])


def _default_deny(plan: Plan, choices: Choices) -> Manifest:
    """Of the graph's pods alone: the namespace may have been somebody's before."""
    owner = platform_owner(plan, DEFAULT_DENY, choices)
    selector = {PART_OF: plan.graph, "app.kubernetes.io/managed-by": "iomt"}
    return _made(owner, {"matchLabels": selector}, [], [])


def _of_platform(plan: Plan, part: str, users: list[str], choices: Choices) -> Manifest:
    """Who uses it comes in; several servers of the broker talk to each other, and one goes nowhere."""
    come: list[Body] = [{"from": [_pods(plan, users)], "ports": [_port(_PORTS[part])]}]
    out = []
    if part == BROKER and choices.servers > 1:
        servers, ports = [_pods(plan, [part])], [_port(ROUTE_PORT)]
        come.append({"from": servers, "ports": ports})
        out.append(Opening({"to": servers, "ports": ports}))
    if part == BROKER and asks_broker(plan, choices):
        scaler = {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: choices.keda}}}
        come.append({"from": [scaler], "ports": [_port(MONITOR_PORT)]})
    return _policy(platform_owner(plan, part, choices), come, out)


def _to_platform(plan: Plan, parts: Iterable[str], choices: Choices) -> Iterator[Opening]:
    for part in parts:
        port = _PORTS[part]
        if choices.platform == "embedded":
            yield Opening({"to": [_pods(plan, [part])], "ports": [_port(port)]})
        else:
            why = f"what is behind the Service {part} is not known here: port {port} of every address"
            yield Opening({"ports": [_port(port)]}, why)


def _to_peers(plan: Plan, peers: Collection[str]) -> Iterator[Opening]:
    if peers:
        yield Opening({"to": [_pods(plan, peers)], "ports": [_port(HTTP_PORT)]})


def _policy(owner: Owner, come: list[Body], out: Iterable[Opening]) -> Manifest:
    return _made(owner, {"matchLabels": owner.selector}, come, list(out))


def _made(owner: Owner, selector: Body, come: list[Body], out: list[Opening]) -> Manifest:
    """Whoever goes anywhere goes by names, so the cluster's DNS is added."""
    spec: Body = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"]}
    if come:
        spec["ingress"] = come
    if out:
        spec["egress"] = [_DNS, *(each.rule for each in out)]
    made = manifest("networking.k8s.io/v1", "NetworkPolicy", owner, owner.name, spec=spec)
    if reasons := dict.fromkeys(each.why for each in out if each.why):
        made.body["metadata"]["annotations"][OPEN] = "; ".join(reasons)
    return made


def _pods(plan: Plan, names: Iterable[str]) -> Body:
    """Pods of these nodes of the graph, in its namespace."""
    only = {"key": INSTANCE, "operator": "In", "values": sorted(names)}
    return {"podSelector": {"matchLabels": {PART_OF: plan.graph}, "matchExpressions": [only]}}


def _port(number: int) -> Body:
    return {"port": number, "protocol": "TCP"}
