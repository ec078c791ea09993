"""The argument of every verb that reads a graph."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_graph(parser: "argparse.ArgumentParser") -> None:
    """One file, or several that are one graph: a base and what is laid on it."""
    parser.add_argument(
        "graph",
        nargs="+",
        metavar="GRAPH",
        help="a graph file; several are one graph, each laid on those before it",
    )
    parser.add_argument(
        "--profile", metavar="P", default="", help="lay one of the graph's own profiles on it"
    )
