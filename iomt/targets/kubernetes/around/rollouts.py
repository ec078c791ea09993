"""An analyzer rolled out a part at a time, by Argo Rollouts instead of a Deployment.

The replicas of a durable link share its messages, so a quarter of the replicas gets a quarter of them: no
router is needed. Blue-green is not offered, because both colours would take messages and say results.
"""

from collections.abc import Iterable, Iterator

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Span
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Manifest

_ROLLOUT = ("argoproj.io/v1alpha1", "Rollout")
_PAUSE = "5m"
_WEIGHTS = (25, 50)
RULE = "target-around"


def rolled_out(manifests: Iterable[Manifest], choices: Choices) -> Iterator[Manifest]:
    """The same objects; of nodes with a canary the Deployment is a Rollout, and what scales it names that."""
    pauses = {each.value: each.more.get("pause", _PAUSE) for each in choices.around if each.part == "canary"}
    for each in manifests:
        name, kind = each.owner.name, each.body["kind"]
        if name not in pauses:
            yield each
        elif kind == "Deployment":
            steps = [
                step
                for weight in _WEIGHTS
                for step in ({"setWeight": weight}, {"pause": {"duration": pauses[name]}})
            ]
            canary = {"maxUnavailable": 0, "maxSurge": 1, "steps": steps}
            spec = {**each.body["spec"], "strategy": {"canary": canary}}
            version, rollout = _ROLLOUT
            body = {**each.body, "apiVersion": version, "kind": rollout, "spec": spec}
            yield Manifest(each.owner, body)
        elif "scaleTargetRef" in each.body.get("spec", {}):
            target = dict(zip(("apiVersion", "kind"), _ROLLOUT, strict=True))
            scaled = {**each.body["spec"]["scaleTargetRef"], **target}
            spec = {**each.body["spec"], "scaleTargetRef": scaled}
            yield Manifest(each.owner, {**each.body, "spec": spec})
        else:
            yield each


def around_refusals(resolved: Resolved, choices: Choices) -> Iterator[Finding]:
    """Parts for which the graph has nothing."""
    start = Span(resolved.graph.file, 1, 1, 1, 2)
    for asked in choices.around:
        if asked.part == "canary":
            node = resolved.nodes.get(asked.value)
            if node is None:
                message = f"--with canary={asked.value}: the graph has no such node"
                yield Finding(RULE, message, start, "name one of its analyzers")
            elif node.node.kind != "MAnalyzer":
                message = f"{asked.value} must never run twice at once, and a canary does"
                yield Finding(RULE, message, node.node.span, "leave it out: only analyzers have canaries")
        elif asked.part in ("ingress", "route") and not any(
            node.device.listens for node in resolved.nodes.values()
        ):
            message = f"--with {asked.part}: no node of the graph has a page"
            yield Finding(RULE, message, start, f"leave out --with {asked.part}, or add a monitor")
