"""`iomt diff`: what `iomt apply` would change in a cluster."""

import argparse
import json
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_choices, add_context, choices_of
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.cluster.diff import Difference

_HEADS = {"created": "new", "changed": "changed", "refused": "taken", "left": "left"}


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the cluster, the form."""
    add_graph(parser)
    add_context(parser)
    add_choices(parser)
    parser.add_argument("--summary", action="store_true", help="a line for each node, without the YAML")
    parser.add_argument(
        "--json", action="store_true", help="for programs: a list with an object for each difference"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: nothing to do; 1: something differs, or the graph has errors; 2: no cluster, or not allowed."""
    return in_cluster("diff", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.diff import differences
    from iomt.cluster.found import NotAllowed
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render

    assert checked.resolved
    rendered = render(make(checked.resolved), checked.resolved, choices_of(arguments))
    findings = [*checked.findings, *checked.unsilenced(rendered.findings)]
    if print_findings(checked, findings, quiet=True):
        return FOUND_ERRORS
    try:
        found = differences(connect(arguments.context), rendered)
    except NotAllowed as error:
        return misuse("diff", str(error))
    if arguments.json:
        print(json.dumps([_data(each) for each in found], indent=2))
    else:
        if not arguments.summary:
            _print_lines(found)
        _print_summary(found)
    return FOUND_ERRORS if any(each.counts for each in found) else OK


def _print_lines(found: "list[Difference]") -> None:
    for each in found:
        where, head = f" ({each.origin})" if each.origin else "", _HEADS.get(each.effect.value, "as it was")
        print(f"{each.what}{where}: {head}")
        if each.taken:
            print(f"  by hand: {each.taken}")
        for who in each.beside:
            print(f"  beside, and stays: {who}")
        for line in each.lines:
            print(f"  {line}")


def _print_summary(found: "list[Difference]") -> None:
    """A line for each node: which objects, and whether its pods are made anew."""
    nodes: dict[str, list[Difference]] = {}
    for each in found:
        if each.counts:
            nodes.setdefault(each.node, []).append(each)
    width = max(map(len, nodes), default=0)
    for node, every in nodes.items():
        told = []
        for effect, head in _HEADS.items():
            kinds = [each.kind.name.lower() for each in every if each.effect.value == effect]
            if kinds:
                told.append(f"{head} {', '.join(kinds)}")
        anew = "; its pods are made anew" if any(each.restarts for each in every) else ""
        print(f"{node:<{width}}  {'; '.join(told)}{anew}")
    if not nodes:
        print("no difference")


def _data(each: "Difference") -> dict[str, object]:
    return {
        "object": each.what,
        "node": each.node,
        "origin": each.origin,
        "effect": each.effect.value,
        "lines": each.lines,
        "taken": each.taken,
        "beside": each.beside,
        "restarts": each.restarts,
    }
