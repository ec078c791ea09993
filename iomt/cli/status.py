"""`iomt status`: how a graph is in its cluster."""

import argparse
import dataclasses
import json
import sys
import time
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_context, add_namespace
from iomt.cli.columns import columns
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster

if TYPE_CHECKING:
    from iomt.cluster.api import Api
    from iomt.cluster.figures import LinkFigures, Sample
    from iomt.cluster.status import NodeStatus
    from iomt.plan.plan import Plan

_NODES = ("node", "state", ">ready", ">restarts", ">per s", ">line", "model or image")
_LINKS = ("link", "delivery", ">per s", ">waiting", ">age", "dropped")
_SAMPLE_SECONDS = 1.0
_WATCH_SECONDS = 2.0
_TO_TOP = "\x1b[H\x1b[J"


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the cluster, the form."""
    add_graph(parser)
    add_context(parser)
    add_namespace(parser)
    parser.add_argument("--watch", action="store_true", help="again every 2 s, until it is interrupted")
    parser.add_argument(
        "--json",
        action="store_true",
        help="for programs: an object with nodes and links, each time on a line",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: all ready; 1: something is not, or the graph is not there; 2: no cluster."""
    return in_cluster("status", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.plan.make import make

    assert checked.resolved
    plan = make(checked.resolved)
    models = {node.name: node.node.model or "" for node in checked.resolved.nodes.values()}
    namespace = arguments.namespace or plan.graph
    api = connect(arguments.context)
    before: Sample | None = None
    while True:
        found, before, now = _look(api, namespace, plan, models, before)
        links = _links(plan, before, now) if found else []
        if arguments.json:
            print(json.dumps(_data(found, links, plan, before, now)), flush=True)
        elif found:
            if arguments.watch and sys.stdout.isatty():
                sys.stdout.write(_TO_TOP)
            print(_text(found, links, plan, before, now), flush=True)
        else:
            print(f"there is nothing of graph {plan.graph} in namespace {namespace}")
        if not arguments.watch:
            return OK if found and all(each.state == "ready" for each in found) else FOUND_ERRORS
        before = now
        time.sleep(_WATCH_SECONDS)


def _look(
    api: "Api", namespace: str, plan: "Plan", models: dict[str, str], before: "Sample | None"
) -> tuple["list[NodeStatus]", "Sample", "Sample"]:
    """The nodes, and two samples of their counts; the first is ``before``, where there is one."""
    from iomt.cluster.applyset import ApplySet
    from iomt.cluster.figures import sample
    from iomt.cluster.status import status
    from iomt.cluster.waiting import pods_by_node

    pods = pods_by_node(api, namespace)
    if before is None:
        before = sample(api, namespace, plan, pods)
        time.sleep(_SAMPLE_SECONDS if before.nodes else 0)
    return (
        status(api, ApplySet(api, plan.graph, namespace), models, pods),
        before,
        sample(api, namespace, plan, pods),
    )


def _links(plan: "Plan", before: "Sample", now: "Sample") -> "list[LinkFigures]":
    from iomt.cluster.figures import link_figures

    return [link_figures(link, before, now) for link in plan.links]


def _rates(plan: "Plan", before: "Sample", now: "Sample") -> dict[str, float | None]:
    from iomt.cluster.figures import node_rate

    return {device.name: node_rate(device, before, now) for device in plan.devices}


def _text(
    found: "list[NodeStatus]", links: "list[LinkFigures]", plan: "Plan", before: "Sample", now: "Sample"
) -> str:
    rates = _rates(plan, before, now)
    nodes = [
        (
            each.name,
            each.state,
            f"{each.ready}/{each.wanted}",
            str(each.restarts),
            _number(rates.get(each.name)),
            each.origin.rpartition(":")[2],
            each.model or each.image,
        )
        for each in found
    ]
    text = columns(_NODES, nodes)
    if links:
        rows = [
            (
                each.name,
                each.delivery,
                _number(each.rate),
                "" if each.waiting is None else str(each.waiting),
                "" if each.age is None else f"{each.age:.3f} s",
                ", ".join(f"{count} {reason}" for reason, count in sorted(each.dropped.items())) or "0",
            )
            for each in links
        ]
        text += f"\n\n{columns(_LINKS, rows)}"
    return text


def _data(
    found: "list[NodeStatus]", links: "list[LinkFigures]", plan: "Plan", before: "Sample", now: "Sample"
) -> dict[str, object]:
    rates = _rates(plan, before, now)
    return {
        "nodes": [dataclasses.asdict(each) | {"rate": rates.get(each.name)} for each in found],
        "links": [dataclasses.asdict(each) for each in links],
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
