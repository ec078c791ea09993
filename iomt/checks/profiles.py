"""A graph, and the same with each of its profiles."""

from collections.abc import Sequence
from typing import NamedTuple

from iomt.checks import Checked, check
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import bounded, ordered

_UNUSED = "unused-silencer"


class WithProfiles(NamedTuple):
    """``graph`` has the findings of all, those of a profile with its name; ``profiles`` have none."""

    graph: Checked
    profiles: dict[str, Checked]


def check_with_profiles(*paths: str) -> WithProfiles:
    """Check all of it. Profiles are looked at where the graph by itself has no errors."""
    return with_profiles(check(*paths), paths)


def with_profiles(graph: Checked, paths: Sequence[str]) -> WithProfiles:
    """The same of a graph that was checked by itself."""
    if graph.plannable is None or not graph.plannable.graph.profiles:
        return WithProfiles(graph, {})
    profiles = {name: check(*paths, profile=name) for name in graph.plannable.graph.profiles}
    idle = [set(_unused(each)) for each in (graph, *profiles.values())]
    findings = [each for each in graph.findings if each.rule != _UNUSED or all(each in one for one in idle)]
    for name, checked in profiles.items():
        new = (each for each in checked.findings if each.rule != _UNUSED and each not in graph.findings)
        findings += [each._replace(message=f"with profile {name}: {each.message}") for each in new]
    whole = graph._replace(findings=ordered(bounded(findings)))
    return WithProfiles(whole, {name: each._replace(findings=[]) for name, each in profiles.items()})


def _unused(checked: Checked) -> list[Finding]:
    return [each for each in checked.findings if each.rule == _UNUSED]
