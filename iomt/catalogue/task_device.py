"""What a task is as a device: its ports, its options, and what runs."""

from pathlib import Path

from iomt.catalogue.declaration import Device, Port
from iomt.catalogue.declared import read_device
from iomt.catalogue.tasks import TASKS


def without_program(name: str) -> Device:
    """The device of a task that this version knows and cannot run: links to it can be checked."""
    task = TASKS[name]
    return Device(
        name=task.name,
        kind="MAnalyzer",
        summary=task.summary,
        runtime="",
        accepts=(Port("media", (task.accepts,)),),
        produces=(Port("results", (task.produces,)),),
        options={"type": "object"},
        task=task.name,
    )


def completed(device: Device, builtin: Path) -> Device:
    """A declaration that leaves its program to its task gets that of the built-in device.

    Ports stay as declared where any are; options are the program's.
    """
    if device.runtime:
        return device
    program = None
    if TASKS[device.task].runs:
        program, _, _ = read_device(str(builtin / f"{device.task}.yaml"))
    program = program or without_program(device.task)
    return device._replace(
        runtime=program.runtime,
        accepts=device.accepts or program.accepts,
        produces=device.produces or program.produces,
        options=program.options,
    )
