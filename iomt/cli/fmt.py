"""`iomt fmt`: a graph in its normal form."""

import argparse
import sys
from pathlib import Path

from iomt.cli import FOUND_ERRORS, MISUSE, OK
from iomt.cli.written import replace_file
from iomt.diagnostics import text
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import has_errors
from iomt.language.document import Document, Mapping
from iomt.language.formatted import CannotFormat, formatted
from iomt.language.reader import read_document
from iomt.language.source import SourceText, read_source


def add(parser: argparse.ArgumentParser) -> None:
    """The graphs, and whether to write."""
    parser.add_argument("graphs", nargs="+", metavar="GRAPH", help="a graph file")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 where something would be rewritten"
    )


def run(arguments: argparse.Namespace) -> int:
    """1: broken YAML, or with --check a file that is not in its normal form; 2: it cannot be written."""
    return max(_format(path, only_check=arguments.check) for path in arguments.graphs)


def _format(path: str, *, only_check: bool) -> int:
    if Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
        sys.stderr.write(f"iomt fmt: {path} is no file that can be replaced\n")
        return MISUSE
    source, document, findings = _read(path)
    if document is None:
        sys.stderr.write(text.render(findings, lambda file: source.lines if source.text else ()))
        sys.stderr.write(f"{path}: left as it is\n")
        return FOUND_ERRORS
    try:
        after = formatted(document)
    except CannotFormat:
        sys.stderr.write(f"{path}: left as it is: rewritten it would not mean the same\n")
        return FOUND_ERRORS
    if after.encode() == Path(path).read_bytes():
        print(f"{path}: in its normal form")
        return OK
    if only_check:
        print(f"{path}: would be rewritten")
        return FOUND_ERRORS
    try:
        replace_file(Path(path).resolve(), after)  # a link stays one, what it points to is replaced
    except OSError as error:
        sys.stderr.write(f"iomt fmt: {error.filename or path}: {error.strerror}\n")
        return MISUSE
    print(f"{path}: rewritten")
    return OK


def _read(path: str) -> tuple[SourceText, Document | None, list[Finding]]:
    """The document, None where something in it would be lost."""
    source, findings = read_source(path)
    if not source.text.strip():
        return source, None, findings
    document, syntax = read_document(source)
    if has_errors(syntax):
        return source, None, syntax
    if document and not isinstance(document.root, Mapping):
        message = "a graph file must be a map"
        finding = Finding(
            "wrong-type", message, document.span(document.root), "begin with `apiVersion: iomt.dev/v1`"
        )
        return source, None, [finding]
    return source, document, []
