"""`iomt logs`: what a node says in its cluster."""

import argparse
import json
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_context, add_namespace
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iomt.cluster.logs import Said

_HEAD = ("time", "level", "graph", "node", "device", "message")


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the node, how much."""
    add_graph(parser)
    parser.add_argument("node", metavar="NODE", help="a node of the graph, or nats, store, iomt-bootstrap")
    add_context(parser)
    add_namespace(parser)
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what it says from now on")
    parser.add_argument(
        "--tail", metavar="N", type=_count, default=100, help="how many lines of each pod; without it 100"
    )
    parser.add_argument("--previous", action="store_true", help="of the container before its last crash")
    parser.add_argument(
        "--json", action="store_true", help="for programs: the lines as the device wrote them"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: told; 1: the node has said nothing; 2: no such node, no cluster."""
    return in_cluster("logs", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.logs import followed, logs
    from iomt.language.suggest import cure
    from iomt.targets.kubernetes.place import BOOTSTRAP, BROKER, STORE

    assert checked.resolved
    graph, node = checked.resolved.graph.name, arguments.node
    known = [*checked.resolved.nodes, BROKER, STORE, BOOTSTRAP]
    if node not in known:
        return misuse("logs", f"graph {graph} has no node {node}: {cure(node, known, 'see iomt status')}")
    if arguments.follow and arguments.previous:
        return misuse("logs", "--previous has ended, there is nothing to follow")
    where = connect(arguments.context), graph, arguments.namespace or graph, node
    if arguments.follow:
        _print(followed(*where, tail=arguments.tail), raw=arguments.json)
    told = _print(logs(*where, tail=arguments.tail, previous=arguments.previous), raw=arguments.json)
    if not told:
        misuse("logs", f"{node} has said nothing; iomt status shows how far it is")
    return OK if told else FOUND_ERRORS


def _print(lines: "Iterable[Said]", *, raw: bool) -> bool:
    """Whether there were any. The pod is named where its line is another pod's than the one before."""
    pod = ""
    for said in lines:
        if said.pod != pod and not raw:
            print(f"== {said.pod}")
        pod = said.pod
        print(said.line if raw else _told(said.line), flush=True)
    return bool(pod)


def _told(line: str) -> str:
    """A device's line for people: time, level, message, and what else it names."""
    try:
        said = json.loads(line)
        time, level, message = (str(said[each]) for each in ("time", "level", "message"))
    except (ValueError, TypeError, KeyError):
        return line
    rest = "".join(f" {key}={value}" for key, value in said.items() if key not in (*_HEAD, "trace"))
    trace = f"\n{said['trace']}" if said.get("trace") else ""
    return f"{time[11:23]} {level:<7} {message}{rest}{trace}"


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text)
