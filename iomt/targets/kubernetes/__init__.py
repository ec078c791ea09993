"""Plan to Kubernetes objects. `render` is the way in; pure, and the same graph gives the same bytes.

What it does not make are the Secrets with users and passwords: `iomt apply` makes these in the cluster.
"""

from typing import NamedTuple

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.plan.grants import grants
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.accounts import Keys, accounts
from iomt.targets.kubernetes.addresses import hidden_addresses
from iomt.targets.kubernetes.bootstrap import bootstrap_manifests
from iomt.targets.kubernetes.broker_files import broker_files
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.device import device_manifests
from iomt.targets.kubernetes.image_files import in_containers
from iomt.targets.kubernetes.manifest import Manifest, Owner, manifest
from iomt.targets.kubernetes.models import model_manifests
from iomt.targets.kubernetes.network import network_manifests
from iomt.targets.kubernetes.not_in_a_pod import command_refusals, device_refusals
from iomt.targets.kubernetes.platform import platform_manifests
from iomt.targets.kubernetes.refusals import label_refusals, name_refusals, size_refusals


class Rendered(NamedTuple):
    """A graph for Kubernetes: ``plan`` as containers see it, objects in the order to apply them.

    ``files`` maps paths that images must have to the nodes that read them; ``accounts`` are the Secrets
    that must be there. Where a finding is an error, the objects are not to be used.
    """

    plan: Plan
    choices: Choices
    manifests: tuple[Manifest, ...]
    files: dict[str, list[str]]
    findings: tuple[Finding, ...]
    accounts: dict[str, Keys]


def render(plan: Plan, resolved: Resolved, choices: Choices | None = None) -> Rendered:
    """All objects of a graph, and what this target cannot express."""
    choices = choices or Choices()
    choices = choices._replace(namespace=choices.namespace or plan.graph)
    inside = in_containers(plan, resolved, choices)
    graph = Owner(plan.graph, plan.graph, "iomt", "graph", f"{inside.plan.file}:1", choices.namespace)
    held = grants(inside.plan)
    files = broker_files(held, choices)
    manifests = (
        _namespace(graph),
        *network_manifests(inside.plan, held, choices, hidden_addresses(resolved)),
        *platform_manifests(inside.plan, held, choices, files),
        *bootstrap_manifests(inside.plan, held, choices, files),
        *model_manifests(inside.plan, choices),
        *device_manifests(inside.plan, choices),
    )
    refusals: list[Finding] = []
    # What few graphs ask for is not even imported for the others.
    if any(device.autoscale for device in inside.plan.devices):
        from iomt.targets.kubernetes.scale_refusals import scale_refusals
        from iomt.targets.kubernetes.scaling import loads_of, scaling_manifests

        manifests += tuple(scaling_manifests(inside.plan, loads_of(resolved), choices))
        refusals += scale_refusals(inside.plan, resolved, choices)
    if choices.around:
        from iomt.targets.kubernetes.around.rendered import around_manifests
        from iomt.targets.kubernetes.around.rollouts import around_refusals, rolled_out

        manifests += tuple(around_manifests(inside.plan, resolved, choices))
        manifests = tuple(rolled_out(manifests, choices))
        refusals += around_refusals(resolved, choices)
    refusals += (
        *name_refusals(resolved),
        *label_refusals(resolved),
        *device_refusals(inside.plan, resolved),
        *command_refusals(inside.plan, resolved, choices),
        *size_refusals(resolved, manifests),
    )
    findings = (*inside.findings, *refusals)
    return Rendered(inside.plan, choices, manifests, inside.files, findings, accounts(held, choices))


def _namespace(owner: Owner) -> Manifest:
    """Where nobody gets privileges: the API server refuses a pod that asks for some."""
    made = manifest("v1", "Namespace", owner, owner.namespace)
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
    made.body["metadata"]["labels"].update(levels)
    return made
