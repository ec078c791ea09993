"""`iomt rollback`: a cluster as a graph had it when it was ready."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_cluster, add_namespace
from iomt.cli.columns import columns
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import with_cluster
from iomt.cli.outcome_text import print_outcome, tell
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.cluster.revisions import Revision


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, which revision, how."""
    add_graph(parser)
    add_cluster(parser)
    add_namespace(parser)
    parser.add_argument(
        "--to",
        metavar="N",
        type=int,
        help="a revision; without it the newest that is not what was applied last",
    )
    parser.add_argument("--list", action="store_true", help="say which there are, and change nothing")
    parser.add_argument("--show", action="store_true", help="print the graph as it was, and change nothing")
    parser.add_argument("--json", action="store_true", help="with --list: for programs")
    parser.add_argument("--dry-run", action="store_true", help="ask the API server, change nothing")
    parser.add_argument("--prune", action="store_true", help="delete what the revision did not have")
    parser.add_argument(
        "--force-conflicts", action="store_true", help="take over fields that somebody else has written"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: it is as it was, and ready; 1: not so, or no such revision; 2: no cluster.

    Of the graph's file only the name matters: the rest may be what has to be undone.
    """
    from iomt.language import read

    graph, _, _ = read(*arguments.graph)
    if graph is None or not graph.name:
        return misuse("rollback", f"{arguments.graph[0]}: the name of the graph cannot be read")
    name = graph.name
    return with_cluster("rollback", lambda: _run(arguments, name))


def _run(arguments: argparse.Namespace, graph: str) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.apply import Wishes
    from iomt.cluster.applyset import ApplySet
    from iomt.cluster.found import NotAllowed
    from iomt.cluster.revisions import before, revisions
    from iomt.cluster.rollback import roll_back

    api = connect(arguments.context)
    owner = ApplySet(api, graph, arguments.namespace or graph)
    kept, now = revisions(api, owner), owner.applied()
    if arguments.list:
        _print(kept, now, as_json=arguments.json)
        return OK
    if arguments.to is None:
        target = before(kept, now)
    else:
        target = next((each for each in kept if each.number == arguments.to), None)
    if target is None:
        return _none(graph, owner.namespace, kept, arguments.to)
    if arguments.show:
        for name, text in target.files.items():
            sys.stdout.write((f"# {name}\n" if len(target.files) > 1 else "") + text)
        return OK
    wishes = Wishes(arguments.dry_run, arguments.prune, arguments.force_conflicts, arguments.timeout)
    tell(f"going back to revision {target.number} of {target.made}")
    try:
        outcome = roll_back(api, target, wishes, tell)
    except NotAllowed as error:
        return misuse("rollback", f"nothing was changed:\n{error}")
    print_outcome(outcome, dry_run=arguments.dry_run)
    return FOUND_ERRORS if outcome.failed else OK


def _none(graph: str, namespace: str, kept: "list[Revision]", wanted: int | None) -> int:
    numbers = ", ".join(str(each.number) for each in kept)
    told = f"there are {numbers}" if kept else "none is kept"
    if wanted is not None:
        told = f"no revision {wanted}: {told}"
    elif kept:
        told = "no other form of it was ever ready here"
    sys.stderr.write(f"iomt rollback: graph {graph} in namespace {namespace}: {told}\n")
    return FOUND_ERRORS


def _print(kept: "list[Revision]", now: str, *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"revision": each.number, "ready": each.made, "objects": len(each.rendered.manifests),
             "applied": each.digest == now, "files": list(each.files)}
            for each in kept
        ]  # fmt: skip
        print(json.dumps(rows, indent=2))
        return
    cells = [
        (
            str(each.number),
            each.made,
            str(len(each.rendered.manifests)),
            "applied" if each.digest == now else "",
        )
        for each in kept
    ]
    print(columns((">revision", "ready", ">objects", ""), cells) if cells else "none is kept")
