"""`iomt plan`: what a graph will cost."""

import argparse
import sys

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.diagnostics.order import has_errors


def add(parser: argparse.ArgumentParser) -> None:
    """The graph and the format."""
    add_graph(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document, told in docs/planning.md")


def run(arguments: argparse.Namespace) -> int:
    """0: printed; 1: the graph has errors. Where only the budget has some, the plan is printed too."""
    checked = check(*arguments.graph, profile=arguments.profile)
    if checked.plannable is None:
        print_findings(checked)
        return FOUND_ERRORS
    from iomt.budget.budget import budget

    reckoned = budget(checked.plannable)
    if arguments.json:
        from iomt.cli.plan_json import as_json

        sys.stdout.write(as_json(checked.plannable, reckoned))
    else:
        from iomt.cli.plan_text import as_text

        sys.stdout.write(as_text(checked.plannable, reckoned, arguments.graph))
    sys.stdout.flush()
    print_findings(checked, quiet=True)
    return FOUND_ERRORS if has_errors(checked.findings) else OK
