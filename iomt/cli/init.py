"""`iomt init`: a graph to begin with, and the schema that editors complete it by."""

import argparse
import re
import sys
from pathlib import Path

from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.saying_no import misuse
from iomt.language.keys import LONGEST_NAME

SCHEMA = "iomt.schema.json"
"""The schema's file, beside the graph."""

_NOT_IN_NAME = re.compile("[^a-z0-9]+")
_WORDS = re.compile("SCHEMA|FILE|NAME")
_STARTER = """\
# yaml-language-server: $schema=SCHEMA
# What there is, and how media flows between it. See what it says, and watch it:
#
#     iomt check FILE
#     iomt run FILE
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: NAME}
spec:
  nodes:
    # A camera at this machine. For others: video-file, rtsp-camera.
    camera: {kind: MSensor, device: usb-camera}
    # A model is a Hugging Face id or a folder; this one finds people, cars and 89 other things.
    people: {kind: MAnalyzer, model: hustvl/yolos-tiny, task: object-detection, options: {threshold: 0.7}}
    # Every frame is kept for a day.
    lake: {kind: MStorage, device: object-lake, options: {retain: 1d}}
    # A page that shows the camera with the boxes drawn over it.
    wall: {kind: MActuator, device: monitor}
  links:
    - camera -> [lake, wall]
    - camera -> people -> wall
"""


def add(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", default="graph.yaml", help="the graph to write (graph.yaml)"
    )


def run(arguments: argparse.Namespace) -> int:
    """2 where a file is there already or cannot be written: nothing is ever replaced."""
    path = Path(arguments.file)
    if path.exists() or path.is_symlink():
        return misuse("init", f"{path} is there already: name another file")
    from iomt.cli.schema_text import schema_text

    schema, findings = schema_text([path.parent / "devices"])
    if findings:
        sys.stderr.write(findings)
        return FOUND_ERRORS
    try:
        _write_new(path, _starter(path))
        kept = not _write_missing(path.with_name(SCHEMA), schema)
    except OSError as error:
        return misuse("init", f"{error.filename or path}: {error.strerror}")
    print(f"{path}: written; look at it, then `iomt check {path}`")
    print(f"{path.with_name(SCHEMA)}: {'kept as it was' if kept else 'written, for your editor'}")
    return OK


def _write_new(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _write_missing(path: Path, text: str) -> bool:
    """Whether it was not there."""
    try:
        _write_new(path, text)
    except FileExistsError:
        return False
    return True


def _starter(path: Path) -> str:
    words = {"SCHEMA": SCHEMA, "FILE": path.name if path.name.isprintable() else "FILE", "NAME": _name(path)}
    return _WORDS.sub(lambda found: words[found[0]], _STARTER)


def _name(path: Path) -> str:
    """The file's name as that of a graph."""
    name = _NOT_IN_NAME.sub("-", path.stem.lower())[:LONGEST_NAME].strip("-")
    return name or "graph"
