"""The argument of every verb that reads a graph."""

import argparse


def add_graph(parser: argparse.ArgumentParser) -> None:
    """One file, or several that are one graph: a base and what is laid on it."""
    parser.add_argument(
        "graph",
        nargs="+",
        metavar="GRAPH",
        help="a graph file; several are one graph, each laid on those before it",
    )
