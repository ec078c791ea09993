"""`iomt status`: how a graph is in its cluster."""

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_context, add_namespace
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster

if TYPE_CHECKING:
    from iomt.cluster.status import NodeStatus

_HEADS = ("node", "state", "ready", "restarts", "line", "model or image")


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the cluster, the form."""
    add_graph(parser)
    add_context(parser)
    add_namespace(parser)
    parser.add_argument(
        "--json", action="store_true", help="for programs: a list with an object for each node"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: all ready; 1: something is not, or the graph is not there; 2: no cluster."""
    return in_cluster("status", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.applyset import ApplySet
    from iomt.cluster.status import status

    assert checked.resolved
    name = checked.resolved.graph.name
    models = {node.name: node.node.model or "" for node in checked.resolved.nodes.values()}
    api = connect(arguments.context)
    found = status(api, ApplySet(api, name, arguments.namespace or name), models)
    if arguments.json:
        print(json.dumps([dataclasses.asdict(each) for each in found], indent=2))
    elif found:
        _print(found)
    else:
        print(f"there is nothing of graph {name} in namespace {arguments.namespace or name}")
    return OK if found and all(each.state == "ready" for each in found) else FOUND_ERRORS


def _print(found: "list[NodeStatus]") -> None:
    rows = [_HEADS]
    for each in found:
        ready, line = f"{each.ready}/{each.wanted}", each.origin.rpartition(":")[2]
        rows.append((each.name, each.state, ready, str(each.restarts), line, each.model or each.image))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
