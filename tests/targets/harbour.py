"""The graph that uses everything, rendered."""

from pathlib import Path

from iomt.checks import check
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices

GRAPH = Path(__file__).parents[1] / "graphs" / "harbour.yaml"
IMAGE = "harbour/device:1"
"""Which has the program that its command runs."""


def harbour(**choices):
    """What was checked, and what is rendered of it."""
    checked = check(str(GRAPH))
    assert checked.resolved, checked.findings
    images = {"device": IMAGE}
    return checked, render(make(checked.resolved), checked.resolved, Choices(images=images, **choices))
