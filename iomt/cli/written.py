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
    """Make a folder hold these files, by path inside it, and no others: those of an earlier time are removed.

    Raises `Foreign`, before anything is changed, where a file that does not begin with the mark stands
    in it, or a folder in which nothing of ours is; and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / name: text for name, text in texts.items()}
    folders = {parent for path in wanted for parent in path.parents if folder in (parent, *parent.parents)}
    there, emptied, foreign = _ours(folder, folders, mark)
    if foreign:
        some = ", ".join(str(each.relative_to(folder)) for each in foreign[:3])
        some += ", ..." if len(foreign) > 3 else ""
        raise Foreign(
            f"{folder} holds what `iomt compile` did not write for this graph ({some}): name an empty folder"
        )
    for each in sorted(folders):
        each.mkdir(exist_ok=True)
    for path, text in wanted.items():
        replace_file(path, text)
    for path in there:
        if path not in wanted:
            path.unlink()
    for each in emptied:
        each.rmdir()


def _ours(folder: Path, kept: set[Path], mark: str) -> tuple[list[Path], list[Path], list[Path]]:
    """Files of ours below a folder, folders that go with them (innermost first), and what is foreign."""
    files, folders, foreign = list[Path](), list[Path](), list[Path]()
    for each in sorted(folder.iterdir()):
        if each.is_dir() and not each.is_symlink():
            inner = _ours(each, kept, mark)
            if not inner[0] and not inner[2] and each not in kept:
                foreign.append(each)
                continue
            files += inner[0]
            folders += inner[1]
            foreign += inner[2]
            if each not in kept:
                folders.append(each)
        elif _is_ours(each, mark):
            files.append(each)
        else:
            foreign.append(each)
    return files, folders, foreign


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
