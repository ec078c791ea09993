"""What is looked at before anything is started: files, ports, models."""

from collections.abc import Iterator
from pathlib import Path

from iomt.checks import Checked
from iomt.diagnostics.finding import Finding, Severity
from iomt.local.ports import in_use
from iomt.plan.plan import Plan


def preflight(plan: Plan, checked: Checked) -> list[Finding]:
    """Findings about this machine: what the graph names and is not here, or is taken."""
    return [*_missing_files(plan, checked), *_taken_ports(plan, checked)]


def _missing_files(plan: Plan, checked: Checked) -> Iterator[Finding]:
    assert checked.resolved
    for device in plan.devices:
        node = checked.resolved.graph.nodes[device.name]
        for option in device.files:
            path = Path(device.options[option])
            if not path.is_file():
                what = "is a folder" if path.is_dir() else "is not there"
                yield Finding(
                    "missing-file",
                    f"{option} of {device.name}: {path} {what}",
                    node.option_spans[(option,)],
                    "paths start at the graph's folder; `make media` draws the clips of the examples",
                    severity=Severity.ERROR,
                )


def _taken_ports(plan: Plan, checked: Checked) -> Iterator[Finding]:
    assert checked.resolved
    for device in plan.devices:
        if device.listens and in_use(device.listens):
            node = checked.resolved.graph.nodes[device.name]
            yield Finding(
                "port-in-use",
                f"port {device.listens} of {device.name} is in use on this machine",
                node.option_spans[("port",)],
                "end the program that listens there, name another port, or leave it out to get a free one",
            )
