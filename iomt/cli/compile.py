"""`iomt compile`: a graph as Kubernetes objects."""

import sys
from collections.abc import Iterable
from types import SimpleNamespace
from typing import TYPE_CHECKING, TypeAlias, cast

from iomt.catalogue.resolved import Resolved
from iomt.checks import Checked, check
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse
from iomt.cli.sound import not_sound
from iomt.language import without_garbage_collection

if TYPE_CHECKING:
    import argparse

    from iomt.targets.kubernetes import Rendered
    from iomt.targets.kubernetes.choices import Choices

_Arguments: TypeAlias = "argparse.Namespace | SimpleNamespace"


def add(parser: "argparse.ArgumentParser") -> None:
    """The graph and where the objects go."""
    from iomt.cli.choices import add_choices

    add_graph(parser)
    parser.set_defaults(is_plain=False)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE_OR_DIR",
        help="a file (NAME.yaml), or a folder for kustomize with one file for each object; without it "
        "standard output",
    )
    parser.add_argument(
        "--format",
        choices=("kubernetes", "helm", "argocd"),
        default="kubernetes",
        help="plain objects (default); a chart for Helm, which needs -o DIR; an Application of Argo CD",
    )
    parser.add_argument(
        "--target",
        choices=("kubernetes", "compose"),
        default="kubernetes",
        help="kubernetes (default), or compose: a file of Docker Compose for one host",
    )
    parser.add_argument("--repo", metavar="URL", help="for argocd: the repository that has the folder")
    parser.add_argument("--path", metavar="DIR", help="for argocd: the folder inside it, from -o DIR")
    parser.add_argument("--revision", metavar="R", help="for argocd: branch, tag or commit; HEAD without it")
    add_choices(parser)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="hold every object against the schemas of that version (extra `strict`); iomt's own tests do",
    )


def plain(words: list[str]) -> SimpleNamespace:
    """What the parser gives for files and no options; `choices_of` is not asked then."""
    return SimpleNamespace(
        graph=words,
        profile="",
        output=None,
        format="kubernetes",
        target="kubernetes",
        repo=None,
        path=None,
        revision=None,
        strict=False,
        is_plain=True,
    )


def run(arguments: _Arguments) -> int:
    """0: made; 1: errors of the graph, also for Kubernetes; 2: not written, and not for the graph's sake."""
    with without_garbage_collection():
        return _run(arguments)


def _run(arguments: _Arguments) -> int:
    if wrong := _misused(arguments):
        return misuse("compile", wrong)
    whole = None
    if _wants_folder(arguments) and not arguments.profile and arguments.format == "kubernetes":
        from iomt.checks.profiles import check_with_profiles

        whole = check_with_profiles(*arguments.graph)
    checked = whole.graph if whole else check(*arguments.graph, profile=arguments.profile)
    profiles = whole.profiles if whole else {}
    if checked.resolved is None or any(each.resolved is None for each in profiles.values()):
        print_findings(checked)
        return FOUND_ERRORS
    rendered = _rendered(checked, arguments)
    if arguments.target == "compose":
        return _compose(arguments, checked, checked.resolved, rendered)
    others = {name: _rendered(each, arguments) for name, each in profiles.items()}
    found = dict.fromkeys(each for one in (rendered, *others.values()) for each in one.findings)
    if print_findings(checked, [*checked.findings, *checked.unsilenced(found)], quiet=True):
        return FOUND_ERRORS
    if code := not_sound("compile", rendered, strict=arguments.strict):
        return code
    return _write(arguments, rendered, others, checked.resolved)


def _misused(arguments: _Arguments) -> str:
    """What is wrong with the arguments together."""
    argocd = arguments.format == "argocd"
    if arguments.target == "compose" and (arguments.format != "kubernetes" or _wants_folder(arguments)):
        return "for compose there is one file: name it with -o NAME.yaml, without --format"
    if arguments.target == "compose" and arguments.platform == "external":
        return "for compose broker and object store come with the graph: leave out --platform external"
    if arguments.format == "helm" and not _wants_folder(arguments):
        return "a chart is a folder: name one with -o DIR"
    if argocd and _wants_folder(arguments):
        return "an Application is a file: name one with -o NAME.yaml, or none"
    if argocd and not (arguments.repo and arguments.path):
        return "an Application says where its folder is: --repo URL --path DIR"
    if not argocd and (arguments.repo or arguments.path or arguments.revision):
        return "--repo, --path and --revision are for --format argocd"
    return ""


def _write(
    arguments: _Arguments, rendered: "Rendered", others: dict[str, "Rendered"], resolved: Resolved
) -> int:
    if _wants_folder(arguments):
        return _put(arguments, _texts(arguments, rendered, others, resolved), rendered)
    if arguments.output in (None, "-"):
        return _print(_pieces(arguments, rendered))
    return _put(arguments, "".join(_pieces(arguments, rendered)), rendered)


def _compose(arguments: _Arguments, checked: Checked, resolved: Resolved, rendered: "Rendered") -> int:
    from iomt.plan.make import make
    from iomt.targets.kubernetes.compose import compose_text
    from iomt.targets.kubernetes.compose_refusals import compose_refusals

    found = compose_refusals(resolved, rendered.findings)
    if print_findings(checked, [*checked.findings, *checked.unsilenced(found)], quiet=True):
        return FOUND_ERRORS
    text = compose_text(rendered, make(resolved), resolved.graph.directory)
    return _print([text]) if arguments.output in (None, "-") else _put(arguments, text, rendered)


def _print(pieces: Iterable[str]) -> int:
    """Write a text to standard output."""
    sys.stdout.flush()
    for each in pieces:
        sys.stdout.buffer.write(each.encode())
    return OK


def _put(arguments: _Arguments, made: str | dict[str, str], rendered: "Rendered") -> int:
    """Write a text, or the texts of a folder."""
    from pathlib import Path

    from iomt.cli.written import Foreign, write_file, write_folder
    from iomt.targets.kubernetes.text import mark

    try:
        if isinstance(made, dict):
            write_folder(Path(arguments.output), made, mark(rendered))
        else:
            write_file(Path(arguments.output), made, mark(rendered))
    except Foreign as error:
        return misuse("compile", str(error))
    except OSError as error:
        return misuse("compile", f"{error.filename or arguments.output}: {error.strerror}")
    return OK


def _texts(
    arguments: _Arguments, rendered: "Rendered", others: dict[str, "Rendered"], resolved: Resolved
) -> dict[str, str]:
    if arguments.format == "helm":
        from iomt.targets.kubernetes.helm import chart_texts

        return chart_texts(rendered, resolved)
    from iomt.targets.kubernetes.kustomize import kustomize_texts

    return kustomize_texts(rendered, others)


def _pieces(arguments: _Arguments, rendered: "Rendered") -> Iterable[str]:
    if arguments.format == "argocd":
        from iomt.targets.kubernetes.argocd import Repository, application_text

        revision = arguments.revision or "HEAD"
        return [application_text(rendered, Repository(arguments.repo, arguments.path, revision))]
    from iomt.targets.kubernetes.text import pieces

    return pieces(rendered)


def _wants_folder(arguments: _Arguments) -> bool:
    if arguments.output in (None, "-"):
        return False
    from iomt.cli.written import is_folder

    return is_folder(arguments.output)


def _rendered(checked: Checked, arguments: _Arguments) -> "Rendered":
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render

    assert checked.resolved
    return render(make(checked.resolved), checked.resolved, _choices(arguments))


def _choices(arguments: _Arguments) -> "Choices":
    if arguments.is_plain:
        from iomt.targets.kubernetes.choices import Choices

        return Choices()
    from iomt.cli.choices import choices_of

    return choices_of(cast("argparse.Namespace", arguments))
