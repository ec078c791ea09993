"""Files that a verb writes: replaced whole or not at all, and nobody else's is touched."""

import os
import stat
from pathlib import Path

_SUFFIXES = (".yaml", ".yml")


class Foreign(Exception):
    """Something stands there that was not written for this graph."""


def is_folder(text: str) -> bool:
    """Whether a folder is meant: one is there, or nothing is and it is not called like a YAML file."""
    path = Path(text)
    return path.is_dir() or text.endswith(os.sep) or (not path.exists() and path.suffix not in _SUFFIXES)


def write_file(path: Path, text: str, mark: str) -> None:
    """Write one file. Raises `Foreign` for a file without the mark in its first line, and OSError."""
    path = path.resolve()  # a link stays one, what it points to is replaced
    if path.exists() and not path.is_file():  # a pipe, /dev/stdout
        path.write_bytes(text.encode())
        return
    if path.is_file() and path.stat().st_size and not _is_ours(path, mark):
        raise Foreign(f"{path} was not written by `iomt compile` for this graph: name another file")
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text)


def write_folder(folder: Path, texts: dict[str, str], mark: str) -> None:
    """Make a folder hold these files and no others: those of an earlier time are removed.

    Raises `Foreign`, before anything is changed, where a file or folder stands in it that does not
    begin with the mark; and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = sorted(folder.iterdir())
    foreign = [each.name for each in there if not _is_ours(each, mark)]
    if foreign:
        some = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise Foreign(
            f"{folder} holds what `iomt compile` did not write for this graph ({some}): name an empty folder"
        )
    for name, text in texts.items():
        replace_file(folder / name, text)
    for each in there:
        if each.name not in texts:
            each.unlink()


def _is_ours(path: Path, mark: str) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(mark.encode())) == mark.encode()


def replace_file(path: Path, text: str) -> None:
    """Replace a file at once, or write a new one; who may read and write it stays as it was.

    Raises OSError.
    """
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return  # whoever watches the folder is not woken for nothing
    # What a kill leaves behind begins with the mark, so that the next time removes it.
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(data)
        if path.is_file():
            half.chmod(stat.S_IMODE(path.stat().st_mode))
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
