"""`iomt delete`: a graph out of a Kubernetes cluster."""

import argparse
import sys

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_cluster, add_namespace
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster


def add(parser: argparse.ArgumentParser) -> None:
    """The graph and the cluster."""
    add_graph(parser)
    add_cluster(parser)
    add_namespace(parser)
    parser.add_argument(
        "--name", metavar="NAME", help="another name that the graph had: delete what was applied under that"
    )
    parser.add_argument("--yes", action="store_true", help="do it; without it only what would go is said")
    parser.add_argument(
        "--with-data", action="store_true", help="delete what broker and store have kept, too"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: gone; 1: not all of it, or not without --yes; 2: no cluster."""
    return in_cluster("delete", arguments, _run, refused="; what was deleted until then is gone")


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.change import Effect
    from iomt.cluster.delete import delete

    assert checked.resolved
    graph = arguments.name or checked.resolved.graph.name
    namespace = arguments.namespace or graph
    api = connect(arguments.context)
    if not arguments.yes:
        sys.stderr.write(
            f"iomt delete: graph {graph} in namespace {namespace} of context {api.context}:"
            " say --yes to delete it\n"
        )
        return FOUND_ERRORS
    try:
        gone = delete(
            api,
            graph,
            namespace,
            with_data=arguments.with_data,
            seconds=arguments.timeout,
            tell=lambda line: print(line, flush=True),
        )
    except TimeoutError:
        sys.stderr.write("iomt delete: its pods have not ended yet; say it again later\n")
        return FOUND_ERRORS
    for change in gone:
        word = "kept" if change.effect is Effect.LEFT else "deleted"
        print(f"{word:<10}{change.what}")
    if not gone:
        print(f"there is nothing of graph {graph} in namespace {namespace}")
    return OK
