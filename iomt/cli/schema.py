"""`iomt schema`: the JSON Schema of a graph, for editors."""

import argparse
import sys
from pathlib import Path

from iomt.cli import FOUND_ERRORS, MISUSE, OK


def add(parser: argparse.ArgumentParser) -> None:
    """Where the user's own devices are."""
    parser.add_argument(
        "--devices",
        metavar="DIR",
        type=Path,
        help="a folder of device declarations, such as `devices` beside a graph, whose devices it knows too",
    )


def run(arguments: argparse.Namespace) -> int:
    """The schema on standard output; 1 where a declaration is wrong, 2 where there is no such folder."""
    from iomt.cli.schema_text import schema_text

    folder = arguments.devices
    if folder is not None and not folder.is_dir():
        sys.stderr.write(f"iomt schema: --devices: there is no folder {folder}\n")
        return MISUSE
    text, findings = schema_text([folder] if folder else [])
    if findings:
        sys.stderr.write(findings)
        return FOUND_ERRORS
    sys.stdout.write(text)
    return OK
