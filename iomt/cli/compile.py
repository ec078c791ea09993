"""`iomt compile`: a graph as Kubernetes objects."""

import argparse
import sys
from pathlib import Path

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_choices, choices_of
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse
from iomt.language import without_garbage_collection


def add(parser: argparse.ArgumentParser) -> None:
    """The graph and where the objects go."""
    add_graph(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE_OR_DIR",
        help="a file (NAME.yaml), or a folder for kustomize with one file for each object; without it "
        "standard output",
    )
    add_choices(parser)


def run(arguments: argparse.Namespace) -> int:
    """0: made; 1: the graph has errors, or errors for Kubernetes; 2: they cannot be written there."""
    with without_garbage_collection():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    checked = check(*arguments.graph)
    if checked.resolved is None:
        print_findings(checked)
        return FOUND_ERRORS
    from iomt.cli.written import Foreign, is_folder, write_file, write_folder
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render
    from iomt.targets.kubernetes.text import mark, one_text

    rendered = render(make(checked.resolved), checked.resolved, choices_of(arguments))
    findings = [*checked.findings, *checked.unsilenced(rendered.findings)]
    if print_findings(checked, findings, quiet=True):
        return FOUND_ERRORS
    if arguments.output in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(one_text(rendered).encode())
        return OK
    path = Path(arguments.output)
    try:
        if is_folder(arguments.output):
            from iomt.targets.kubernetes.kustomize import kustomize_texts

            write_folder(path, kustomize_texts(rendered), mark(rendered))
        else:
            write_file(path, one_text(rendered), mark(rendered))
    except Foreign as error:
        return misuse("compile", str(error))
    except OSError as error:
        return misuse("compile", f"{error.filename or path}: {error.strerror}")
    return OK
