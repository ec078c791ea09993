"""`iomt devices add`: from a model to a declaration."""

import argparse
import os
import sys
from pathlib import Path

from iomt.catalogue.declaration import Device
from iomt.catalogue.load import load_catalogue
from iomt.catalogue.model_contract import examine
from iomt.catalogue.tasks import TASKS
from iomt.cli import FOUND_ERRORS, MISUSE, OK
from iomt.cli.saying_no import say_no
from iomt.hub.find import find
from iomt.hub.refused import NotToBeHad, Unreachable
from iomt.language.fields import fits_as_name
from iomt.language.keys import LONGEST_NAME
from iomt.targets.declaration import declaration_text


def declare(arguments: argparse.Namespace) -> int:
    """Write the declaration; the exit code, see `iomt.cli.devices.run`."""
    name, folder = arguments.name, Path(arguments.dir)
    path = folder / f"{name}.yaml"
    if refusal := _name_refusal(name, path, force=arguments.force):
        say_no(*refusal)
        return MISUSE
    try:
        files = find(arguments.model, arguments.revision, folder, offline=arguments.offline)
    except Unreachable as error:
        say_no(str(error), error.help)
        return MISUSE
    except NotToBeHad as error:
        say_no(str(error), error.help)
        return FOUND_ERRORS
    device, refusals = examine(files, name, arguments.task, allow_code=arguments.allow_code)
    for each in refusals:
        say_no(each.message, each.help)
    if device is None:
        return FOUND_ERRORS
    try:
        _write(path, declaration_text(device), force=arguments.force)
    except OSError as error:
        say_no(f"{error.filename or path}: {error.strerror}", "name another folder with --dir")
        return MISUSE
    print(f"{path}: {device.task}, {_what(device)}")
    for note in _notes(device):
        sys.stderr.write(f"note: {note}\n")
    return OK


def _name_refusal(name: str, path: Path, *, force: bool) -> tuple[str, str] | None:
    if not fits_as_name(name):
        help_text = f"a name has a-z, 0-9 and - inside, at most {LONGEST_NAME} characters"
        return f"{name} cannot be the name of a device", help_text
    if name in load_catalogue([])[0].names:
        return f"{name} is a built-in device", "give it another name"
    if os.path.lexists(path) and not force:
        return f"{path} is there already", "--force replaces it"
    return None


def _write(path: Path, text: str, *, force: bool) -> None:
    """The whole file or nothing; without ``force`` nothing is replaced. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, "utf-8")
        if force:
            half.replace(path)
        else:
            path.hardlink_to(half)  # fails, unlike a rename, where another program has just written one
    finally:
        half.unlink(missing_ok=True)


def _what(device: Device) -> str:
    parts = [f"{len(device.labels)} labels"] if device.labels else []
    parts.append(f"commit {device.revision}" if device.revision else f"folder {device.model}")
    return ", ".join(parts)


def _notes(device: Device) -> list[str]:
    notes = []
    if not TASKS[device.task].runs:
        notes.append(f"this version of iomt cannot run {device.task} yet; `iomt check` can use it")
    if device.custom_code:
        notes.append("its own program is never run: it works where transformers knows the network itself")
    if not device.licence:
        notes.append("it names no licence: ask its author what is allowed, and write `licence` into the file")
    if not device.weights.format:
        notes.append("its weights are not in the cache: whether they can be read is not known")
    return notes
