"""`iomt check`: everything that is wrong with a graph."""

import argparse
import sys

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.printing import print_findings, print_json
from iomt.diagnostics.order import has_errors


def add(parser: argparse.ArgumentParser) -> None:
    """The graphs and the format."""
    parser.add_argument("graphs", nargs="+", metavar="GRAPH", help="a graph file")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people or for programs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 where there is an error; warnings alone are no reason to stop."""
    every = [check(path) for path in arguments.graphs]
    if arguments.format == "json":
        print_json(every, sys.stdout)
    else:
        for checked in every:
            print_findings(checked, stream=sys.stdout)
    return FOUND_ERRORS if any(has_errors(checked.findings) for checked in every) else OK
