"""`iomt graph`: the graph as a picture."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, MISUSE, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings

_FORMATS = ("mermaid", "dot", "svg")
_ENDINGS = {".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, and how and where it is drawn."""
    add_graph(parser)
    parser.add_argument(
        "--format", choices=_FORMATS, help="what FILE's name ends with, else mermaid; svg needs no program"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="a file; standard output without it")


def run(arguments: argparse.Namespace) -> int:
    """0: drawn, findings on standard error; 1: the graph has errors; 2: FILE cannot be written."""
    checked = check(*arguments.graph, profile=arguments.profile)
    print_findings(checked, quiet=True)
    if checked.resolved is None:
        return FOUND_ERRORS
    from iomt.budget.flows import flows
    from iomt.budget.option_meanings import Meanings
    from iomt.targets.diagram.picture import picture

    shown = picture(checked.resolved, flows(checked.resolved, Meanings()).links)
    form = arguments.format or _ENDINGS.get(Path(arguments.output or "").suffix.lower(), _FORMATS[0])
    drawn: str = import_module(f"iomt.targets.diagram.{form}").render(shown)
    if arguments.output in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(drawn.encode())
        return OK
    try:
        _write(Path(arguments.output), drawn)
    except OSError as error:
        sys.stderr.write(f"iomt graph: {error.filename or arguments.output}: {error.strerror}\n")
        return MISUSE
    return OK


def _write(path: Path, text: str) -> None:
    """A pipe or device is written to, a file replaced whole. Raises OSError."""
    from iomt.cli.written import replace_file

    if path.exists() and not path.is_file():
        path.write_bytes(text.encode())
    else:
        replace_file(Path(os.path.realpath(path)), text)
