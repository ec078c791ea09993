"""`iomt check`: everything that is wrong with a graph."""

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.printing import print_findings, print_for_programs
from iomt.diagnostics.order import has_errors

if TYPE_CHECKING:
    import argparse


def add(parser: "argparse.ArgumentParser") -> None:
    """The graphs and the format."""
    parser.add_argument("graphs", nargs="+", metavar="GRAPH", help="a graph file")
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="text for people, json or sarif (2.1.0) for programs, github for the log of an Action",
    )


def plain(words: list[str]) -> SimpleNamespace:
    """What the parser gives for files and no options."""
    return SimpleNamespace(graphs=words, format="text")


def run(arguments: "argparse.Namespace | SimpleNamespace") -> int:
    """Exit code 1 where there is an error; warnings alone are no reason to stop."""
    every = [check(path) for path in arguments.graphs]
    if arguments.format == "text":
        for checked in every:
            print_findings(checked, stream=sys.stdout)
    else:
        print_for_programs(every, arguments.format, sys.stdout)
    return FOUND_ERRORS if any(has_errors(checked.findings) for checked in every) else OK
