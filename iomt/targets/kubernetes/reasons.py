"""Why an object is as it is: for each of its parts the line of the graph, or the default and its reason.

A reason names its part by a path; what stands there is read from the object itself, so that the two never
differ. Paths that an object does not have are left out.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.reasons_of_pods import pod_reasons
from iomt.targets.kubernetes.rollout import rolls


class Reason(NamedTuple):
    """``path`` has / between keys and numbers; ``origin`` is file:line, empty for a default."""

    path: str
    why: str
    origin: str = ""


class Case(NamedTuple):
    """One node in its graph."""

    plan: Plan
    device: PlannedDevice
    node: ResolvedNode
    choices: Choices
    resolved: Resolved

    def written(self, *keys: str) -> str:
        """Where the first of these keys of the node was written; empty where none was."""
        return next((spans[key].origin for key in keys if key in (spans := self.node.node.spans)), "")

    def of_site(self, key: str) -> str:
        """Where a key of its site was written."""
        site = self.device.at
        return site.spans[key].origin if site and key in site.spans else ""

    @property
    def links(self) -> list[PlannedLink]:
        """Into it and out of it."""
        return [each for each in self.plan.links if self.device.name in (each.source, each.target)]


def reasons(manifest: Manifest, case: Case) -> list[Reason]:
    """Of an object of a node, in the order of the object."""
    made = _KINDS.get(manifest.body["kind"])
    found = [Reason(*each) for each in made(case)] if made else []
    return [each for each in found if value_at(manifest.body, each.path) is not None]


def value_at(body: object, path: str) -> object | None:
    """What stands there; None where nothing does."""
    for key in path.split("/"):
        if isinstance(body, dict):
            body = body.get(key)
        elif isinstance(body, list) and key.isdigit() and int(key) < len(body):
            body = body[int(key)]
        else:
            return None
    return body


Told = Iterator[tuple[str, str, str]]


def _deployment(case: Case) -> Told:
    device = case.device
    if written := case.written("replicas", "autoscale"):
        yield "spec/replicas", "how many of it run at first", written
    else:
        yield "spec/replicas", "one, since neither replicas nor autoscale is written", ""
    if not rolls(device):
        why = "it has no model: two of it at once would number frames alike, or act twice"
        yield "spec/strategy", why, ""
    else:
        why = (
            "a model takes long to load: the new one is ready first, if there is a graphics processor for it"
        )
        yield "spec/strategy", why, case.of_site("gpus")
        yield "spec/progressDeadlineSeconds", "a large model may come over a slow uplink first", ""
    yield "spec/template/metadata/annotations", "a hash of its settings: a change makes a new pod", ""
    yield from pod_reasons(case)


def _settings(case: Case) -> Told:
    whole = case.node.node.span.origin
    yield "data/settings.json", "kind, device or model and options of the node", whole
    for link in case.links:
        if link.target == case.device.name:
            why = f"an input: {link.delivery}, over {link.transport}"
        else:
            why = f"an output to {link.target}"
        yield "data/settings.json", why, link.origin


def _service(case: Case) -> Told:
    yield "spec/ports", "its HTTP side (health, counts, newest items), by the node's name", ""
    for link in case.links:
        if link.transport == "http" and link.source == case.device.name:
            yield "spec/ports", f"{link.target} reads it over HTTP", link.origin


def _policy(case: Case) -> Told:
    name = case.device.name
    for link in case.links:
        if link.transport == "http":
            path, why = ("egress", "reads from") if link.target == name else ("ingress", "is read by")
            other = link.source if link.target == name else link.target
            yield f"spec/{path}", f"{why} {other} over HTTP", link.origin
        elif link.transport == "bucket":
            yield "spec/egress", "takes what it reads out of the store", link.origin
        else:
            yield "spec/egress", f"talks to the broker, for {link.name}", link.origin
    if case.device.page:
        yield "spec/ingress", "people open its page", case.node.node.span.origin
    yield "spec/egress", "whoever goes anywhere asks the cluster's DNS; all else is refused", ""
    options = case.node.node.option_spans
    for key in case.node.node.options:
        if "://" in str(case.device.options.get(key)):
            yield "spec/egress", f"the address in {key}", options[key,].origin


def _account(case: Case) -> Told:
    yield "automountServiceAccountToken", "no device asks the API server anything", ""


def _budget(case: Case) -> Told:
    why = "several of it run: one at a time may leave when machines are emptied"
    yield "spec/maxUnavailable", why, case.written("replicas", "autoscale")
    yield "spec/unhealthyPodEvictionPolicy", "one that is broken holds nobody up", ""


def _scaler(case: Case) -> Told:
    yield "spec", "how many of it run, and by what", case.written("autoscale")


_KINDS: dict[str, Callable[[Case], Told]] = {
    "Deployment": _deployment,
    "ConfigMap": _settings,
    "Service": _service,
    "NetworkPolicy": _policy,
    "ServiceAccount": _account,
    "PodDisruptionBudget": _budget,
    "HorizontalPodAutoscaler": _scaler,
    "ScaledObject": _scaler,
}
