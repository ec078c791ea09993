"""What a node needs of its machine, and a pod without privileges is not given."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices, part_of
from iomt.targets.kubernetes.image_files import COMMAND
from iomt.targets.kubernetes.machines import HOSTNAME

DEVICE, PROGRAM = "target-device", "target-command"


def device_refusals(plan: Plan, resolved: Resolved) -> Iterator[Finding]:
    """Files of devices: a pod gets one from a device plugin, on the machine that has it."""
    for device in plan.devices:
        node = resolved.nodes[device.name]
        for option, text in device.options.items():
            if isinstance(text, str) and text.startswith("/dev/"):
                yield from _device(device, text, _span(node, option))


def _device(device: PlannedDevice, file: str, span: Span) -> Iterator[Finding]:
    site = device.at
    if site is None or file not in site.devices:
        message = f"{device.name} needs {file} of its machine, and nothing says how a pod gets it"
        where = f"to {site.name}" if site else "to a site of its own"
        help_text = (
            f"add {where} which machine it is and what a device plugin calls the file: "
            f"{{selector: {{{HOSTNAME}: NAME}}, devices: {{{file}: RESOURCE}}}}"
        )
        yield Finding(DEVICE, message, span, help_text)
    elif HOSTNAME not in site.selector:
        message = f"{device.name} gets {file} of any machine of {site.name} that has {site.devices[file]}"
        help_text = f"name the machine: selector: {{{HOSTNAME}: NAME}}"
        related = (Related(site.spans["devices"], "the site says no machine"),)
        yield Finding(DEVICE, message, span, help_text, related, Severity.WARNING)


def command_refusals(plan: Plan, resolved: Resolved, choices: Choices) -> Iterator[Finding]:
    """Programs: a pod has those of its image, and may do there what Pod Security `restricted` leaves."""
    for device in plan.devices:
        if device.device != COMMAND or part_of(device) in choices.images:
            continue  # whoever builds an image knows what is in it
        program, image = device.options["run"][0], choices.image_of(device)
        message = f"{device.name} runs {program} in a pod: {image} has no such program, and no privileges"
        help_text = (
            f"build an image on {image} that has it, and name it with --image device=IMAGE; "
            "or call a service: device: webhook"
        )
        yield Finding(PROGRAM, message, _span(resolved.nodes[device.name], "run"), help_text)


def _span(node: ResolvedNode, option: str) -> Span:
    return node.node.option_spans.get((option,), node.node.device_span or node.node.span)
