"""Plan to Kubernetes objects. `render` is the way in; pure, and the same graph gives the same bytes.

What it does not make yet is what the devices connect to: broker, object store and their Secret.
"""

from dataclasses import dataclass

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.bootstrap import bootstrap_manifests
from iomt.targets.kubernetes.device import device_manifests
from iomt.targets.kubernetes.image_files import in_containers
from iomt.targets.kubernetes.manifest import Manifest, Owner, manifest
from iomt.targets.kubernetes.refusals import name_refusals, scale_refusals, size_refusals


@dataclass(frozen=True, slots=True)
class Rendered:
    """A graph for Kubernetes: ``plan`` as containers see it, objects in the order to apply them.

    ``files`` maps paths that images must have to the nodes that read them. Where a finding is an
    error, the objects are not to be used.
    """

    plan: Plan
    manifests: tuple[Manifest, ...]
    files: dict[str, list[str]]
    findings: tuple[Finding, ...]


def render(plan: Plan, resolved: Resolved) -> Rendered:
    """All objects of a graph, and what this target cannot express."""
    inside = in_containers(plan, resolved)
    graph = Owner(plan.graph, plan.graph, "iomt", "graph", f"{inside.plan.file}:1")
    manifests = (
        manifest("v1", "Namespace", graph, plan.graph),
        *bootstrap_manifests(inside.plan),
        *(each for device in inside.plan.devices for each in device_manifests(inside.plan, device)),
    )
    refusals = (*name_refusals(resolved), *scale_refusals(resolved), *size_refusals(resolved, manifests))
    findings = (*inside.findings, *refusals)
    return Rendered(inside.plan, manifests, inside.files, findings)
