"""Why the pods of a node are as they are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iomt.targets.kubernetes.choices import part_of
from iomt.targets.kubernetes.rollout import DRAIN_SECONDS, SLEEP_SECONDS, most, rolls

if TYPE_CHECKING:
    from iomt.targets.kubernetes.reasons import Case

_POD = "spec/template/spec"
_CONTAINER = f"{_POD}/containers/0"


def pod_reasons(case: "Case") -> Iterator[tuple[str, str, str]]:
    """Path, why, and the line of the graph or nothing."""
    device = case.device
    yield from _machines(case)
    yield f"{_POD}/imagePullSecrets", "--pull-secret", ""
    yield f"{_POD}/priorityClassName", "--priority-class", ""
    yield f"{_POD}/securityContext", "what the namespace's Pod Security, restricted, asks for", ""
    if rolls(device):
        why = f"{SLEEP_SECONDS} s until nobody is sent to it any more, {DRAIN_SECONDS} to finish what it has"
        yield f"{_CONTAINER}/lifecycle", f"{SLEEP_SECONDS} s before SIGTERM, while endpoints change", ""
    else:
        why = "it finishes what it has: 20 s for its inputs, 10 for each output, and some more"
    yield f"{_POD}/terminationGracePeriodSeconds", why, ""
    yield f"{_POD}/initContainers", "it waits until its model is whole in the volume", case.written("model")
    part = part_of(device)
    own = part in case.choices.images
    yield f"{_CONTAINER}/image", f"--image {part}" if own else f"iomt's own of the part {part}", ""
    yield from _resources(case)
    if device.profile.startup:
        yield f"{_CONTAINER}/startupProbe", f"it was ready in {device.profile.startup:g} s, times 4", ""
    else:
        yield f"{_CONTAINER}/startupProbe", "3 minutes: nobody measured how long it takes", ""
    yield f"{_CONTAINER}/readinessProbe", "ready is connected, with the model loaded", ""
    yield f"{_CONTAINER}/livenessProbe", "a minute without an answer; a slow model answers all the same", ""
    for link in case.links:
        if device.broker and link.transport != "http":
            yield f"{_POD}/volumes", f"an account at the broker, for {link.name}", link.origin


def _machines(case: "Case") -> Iterator[tuple[str, str, str]]:
    device = case.device
    yield f"{_POD}/nodeSelector", f"the machines of site {device.site}", case.of_site("selector")
    yield f"{_POD}/affinity", f"what site {device.site} prefers", case.of_site("prefers")
    if taints := case.of_site("taints"):
        yield f"{_POD}/tolerations", f"the taints of site {device.site}", taints
    if device.gpu:
        why = "machines with graphics processors are often kept free by a taint of that name"
        yield f"{_POD}/tolerations", why, case.written("gpu")
    if most(device) > 1:
        why, origin = "several of it: apart, where there is room", case.written("replicas", "autoscale")
    else:
        why, origin = "sensors are spread: one machine that fails takes few of them", ""
    yield f"{_POD}/topologySpreadConstraints", why, origin


def _resources(case: "Case") -> Iterator[tuple[str, str, str]]:
    path, device, known = f"{_CONTAINER}/resources", case.device, case.device.profile
    if written := case.written("resources"):
        yield path, "what the graph asks for", written
    if written := case.written("gpu"):
        yield path, "graphics processors", written
    if known.memory is not None or known.cores is not None:
        where = f"measured on {known.machine}" if known.machine else "declared by the device"
        yield path, f"{where}: a quarter more memory than its peak, twice that peak at most", ""
    else:
        yield path, f"where nothing is written or measured: what suits an {device.kind}", ""
    if device.at and any(
        each in device.at.devices for each in device.options.values() if isinstance(each, str)
    ):
        yield path, "a device file of its machine", case.of_site("devices")
