"""`iomt check`: everything that is wrong with a graph."""

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings, print_for_programs
from iomt.diagnostics.order import has_errors

if TYPE_CHECKING:
    import argparse


def add(parser: "argparse.ArgumentParser") -> None:
    """The graph and the format."""
    add_graph(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="text for people, json or sarif (2.1.0) for programs, github for the log of an Action",
    )


def plain(words: list[str]) -> SimpleNamespace:
    """What the parser gives for files and no options."""
    return SimpleNamespace(graph=words, format="text", profile="")


def run(arguments: "argparse.Namespace | SimpleNamespace") -> int:
    """Exit code 1 where there is an error; warnings alone are no reason to stop."""
    checked = check(*arguments.graph, profile=arguments.profile)
    if not arguments.profile and checked.plannable and checked.plannable.graph.profiles:
        from iomt.checks.profiles import with_profiles

        checked = with_profiles(checked, arguments.graph).graph
    if arguments.format == "text":
        print_findings(checked, stream=sys.stdout)
    else:
        print_for_programs(checked, arguments.format, sys.stdout)
    return FOUND_ERRORS if has_errors(checked.findings) else OK
