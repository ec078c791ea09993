"""What a graph takes from the machine it was written on, and where a container must have it.

Settings name no path of that machine: what stands beside the graph is expected below `/srv/iomt`,
as in the graph's own folder. That it is there, this target cannot see to: each such thing is a finding.
"""

import os
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.plan.plan import Plan, PlannedDevice
from iomt.targets.kubernetes.choices import Choices, part_of
from iomt.targets.kubernetes.place import FILES_FOLDER

RULE = "target-file"
COMMAND = "command"
"""The device that runs a program of its image."""


class InContainers:
    """The Plan as containers see it. ``files`` maps each path in an image to the nodes that read it."""

    __slots__ = ("files", "findings", "plan")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.files: dict[str, list[str]] = {}
        self.findings: list[Finding] = []


def in_containers(plan: Plan, resolved: Resolved, choices: Choices) -> InContainers:
    """Rewrite paths of files and models, and leave the graph's folder out of origins."""
    made = InContainers(plan)
    mover = _Mover(made, choices)
    devices = tuple(mover.move(device, resolved.nodes[device.name]) for device in plan.devices)
    made.plan = plan._replace(file=_without_folder(plan.file), devices=devices)
    return made


def path_in_image(written: str) -> str:
    """An absolute path stays; a relative one starts at `/srv/iomt` and never leaves it."""
    if written.startswith("/"):
        return posixpath.normpath("/" + written.lstrip("/"))
    return FILES_FOLDER + posixpath.normpath(f"/{written}")


def _without_folder(place: str) -> str:
    """The same wherever the graph is checked out; a name that is no Unicode gets question marks."""
    name = place.rpartition(os.sep)[2]
    return name if name.isascii() else name.encode(errors="replace").decode()


def _whole(node: ResolvedNode) -> Span:
    """What of a node is underlined when it is no option."""
    return node.node.device_span or node.node.model_span or node.node.span


class _Mover:
    def __init__(self, made: InContainers, choices: Choices) -> None:
        self._made = made
        self._choices = choices
        self._taken: dict[str, tuple[str, str, Span]] = {}

    def move(self, device: PlannedDevice, node: ResolvedNode) -> PlannedDevice:
        options, model = device.options, device.model
        if device.files:
            options = dict(options)
        for option in device.files:
            span = node.node.option_spans.get((option,)) or _whole(node)
            options[option] = self._file(option, device, node.options[option], device.options[option], span)
        for path, text in _texts(device.options):
            if path[0] not in device.files and text.startswith("/") and not any(map(str.isspace, text)):
                self._machine(device, text, node.node.option_spans.get(path) or _whole(node))
        written = node.node.model or model
        if model.startswith("/") or written.startswith((".", "~")):
            below_home = written.partition("/")[2] if written.startswith("~") else written
            model = self._file("model", device, below_home, model, _whole(node))
        if not device.runtime.startswith("iomt.") and not self._is_own(device):
            image = self._choices.image_of(device)
            self._warn(
                f"{device.device} of {device.name} runs {device.runtime}, which {image} has not",
                _whole(node),
                f"build an image on {image} with that module installed",
            )
        return device._replace(origin=_without_folder(device.origin), options=options, model=model)

    def _file(self, what: str, device: PlannedDevice, written: str, here: str, span: Span) -> str:
        inside = path_in_image(written)
        taken_from, by, first = self._taken.setdefault(inside, (here, device.name, span))
        readers = self._made.files.setdefault(inside, [])
        if device.name not in readers:
            readers.append(device.name)
        if taken_from != here:
            message = f"{what} of {device.name} would be {inside} in an image, and so would another of {by}"
            help_text = "keep both below the graph's folder, or rename one"
            self._made.findings.append(
                Finding(RULE, message, span, help_text, (Related(first, "the other"),))
            )
        elif not self._is_own(device):
            image = self._choices.image_of(device)
            self._warn(
                f"{what} of {device.name} is read at {inside}, which {image} has not",
                span,
                f"copy it to {inside} in an image built on {image}, or mount a volume there",
            )
        return inside

    def _machine(self, device: PlannedDevice, text: str, span: Span) -> None:
        if text.startswith("/dev/") or self._is_own(device) or device.device == COMMAND:
            return  # of the machine, or of the image: `refusals` tells what is not there
        message = f"{device.name} needs {text}, which {self._choices.image_of(device)} may not have"
        help_text = f"see that an image built on {self._choices.image_of(device)} has it"
        self._warn(message, span, help_text)

    def _is_own(self, device: PlannedDevice) -> bool:
        """Whether its image is the user's, who knows what is in it."""
        return part_of(device) in self._choices.images

    def _warn(self, message: str, span: Span, help_text: str) -> None:
        self._made.findings.append(Finding(RULE, message, span, help_text, severity=Severity.WARNING))


def _texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text inside options, with the path that spans are found by."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
