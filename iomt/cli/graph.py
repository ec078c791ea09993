"""`iomt graph`: the graph as a picture."""

import argparse

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.targets.mermaid import diagram


def add(parser: argparse.ArgumentParser) -> None:
    """The graph."""
    add_graph(parser)


def run(arguments: argparse.Namespace) -> int:
    """The diagram on standard output, findings on standard error."""
    checked = check(*arguments.graph)
    print_findings(checked, quiet=True)
    if checked.resolved is None:
        return FOUND_ERRORS
    print(diagram(checked.resolved), end="")
    return OK
