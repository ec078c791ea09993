"""A model by what the user calls it, wherever it is."""

import os
from pathlib import Path

from iomt.catalogue.model_contract import ModelFiles
from iomt.catalogue.model_place import is_local
from iomt.hub.folder import read_folder
from iomt.hub.refused import NotToBeHad, Unreachable


def find(model: str, revision: str, folder: Path, *, offline: bool = False) -> ModelFiles:
    """The model's files; ``folder`` is where its declaration will be. Raises `NotToBeHad`.

    A model that begins with a dot or a slash, or is a folder here, is read from there, any other
    from the hub, or from the cache where ``offline`` or HF_HUB_OFFLINE says so.
    """
    if is_local(model, "."):
        if revision:
            raise NotToBeHad(f"{model} is a folder, and has no revisions", "leave --revision out")
        path = Path(model).expanduser().resolve()
        return read_folder(path, model, _seen_from(folder.resolve(), path))
    try:
        from iomt.hub.online import find_by_id
    except ImportError as error:
        raise Unreachable(
            f"models of the hub need the package {error.name}", "pip install 'iomt[hub]'"
        ) from error
    return find_by_id(model, revision, offline=offline)


def _seen_from(folder: Path, path: Path) -> str:
    """The path as the declaration is to write it: moved together, the two still find each other."""
    relative = os.path.relpath(path, folder).replace(os.sep, "/")
    return relative if relative.startswith(".") else f"./{relative}"
