"""`iomt grants`: who may say what to whom, and by which line of the graph."""

import argparse

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.contract.indented import indented
from iomt.diagnostics.order import has_errors


def add(parser: argparse.ArgumentParser) -> None:
    """The graph."""
    add_graph(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document, for programs")


def run(arguments: argparse.Namespace) -> int:
    """The grants on standard output, findings on standard error."""
    checked = check(*arguments.graph, profile=arguments.profile)
    print_findings(checked, quiet=True)
    if checked.resolved is None or has_errors(checked.findings):
        return FOUND_ERRORS
    from iomt.plan.grants import grants
    from iomt.plan.make import make
    from iomt.targets.grants_text import grants_text

    found = grants(make(checked.resolved))
    if arguments.json:
        print(indented(found, order=list))
    else:
        print(grants_text(found, arguments.graph[0] if len(arguments.graph) == 1 else ""), end="")
    return OK
