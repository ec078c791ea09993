"""`iomt compile`: a graph as Kubernetes objects."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iomt.checks import Checked, check
from iomt.checks.profiles import check_with_profiles
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_choices, choices_of
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse
from iomt.language import without_garbage_collection

if TYPE_CHECKING:
    from iomt.targets.kubernetes import Rendered


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
    parser.add_argument(
        "--format",
        choices=("kubernetes", "helm"),
        default="kubernetes",
        help="plain objects (default), or a chart for Helm, which needs -o DIR",
    )
    add_choices(parser)


def run(arguments: argparse.Namespace) -> int:
    """0: made; 1: the graph has errors, or errors for Kubernetes; 2: they cannot be written there."""
    with without_garbage_collection():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    whole = None
    helm = arguments.format == "helm"
    if helm and not _wants_folder(arguments):
        return misuse("compile", "a chart is a folder: name one with -o DIR")
    if _wants_folder(arguments) and not arguments.profile and not helm:
        whole = check_with_profiles(*arguments.graph)
    checked = whole.graph if whole else check(*arguments.graph, profile=arguments.profile)
    profiles = whole.profiles if whole else {}
    if checked.resolved is None or any(each.resolved is None for each in profiles.values()):
        print_findings(checked)
        return FOUND_ERRORS
    from iomt.targets.kubernetes.text import mark, one_text

    rendered = _rendered(checked, arguments)
    others = {name: _rendered(each, arguments) for name, each in profiles.items()}
    found = dict.fromkeys(each for one in (rendered, *others.values()) for each in one.findings)
    if print_findings(checked, [*checked.findings, *checked.unsilenced(found)], quiet=True):
        return FOUND_ERRORS
    if arguments.output in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(one_text(rendered).encode())
        return OK
    from iomt.cli.written import Foreign, write_file, write_folder

    path = Path(arguments.output)
    try:
        if helm:
            from iomt.targets.kubernetes.helm import chart_texts

            write_folder(path, chart_texts(rendered, checked.resolved), mark(rendered))
        elif _wants_folder(arguments):
            from iomt.targets.kubernetes.kustomize import kustomize_texts

            write_folder(path, kustomize_texts(rendered, others), mark(rendered))
        else:
            write_file(path, one_text(rendered), mark(rendered))
    except Foreign as error:
        return misuse("compile", str(error))
    except OSError as error:
        return misuse("compile", f"{error.filename or path}: {error.strerror}")
    return OK


def _wants_folder(arguments: argparse.Namespace) -> bool:
    from iomt.cli.written import is_folder

    return arguments.output not in (None, "-") and is_folder(arguments.output)


def _rendered(checked: Checked, arguments: argparse.Namespace) -> "Rendered":
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render

    assert checked.resolved
    return render(make(checked.resolved), checked.resolved, choices_of(arguments))
