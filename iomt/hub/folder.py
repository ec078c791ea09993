"""A model's files in a folder: one of the user's, or a snapshot in the cache."""

from pathlib import Path

from iomt.catalogue.model_contract import SMALL, ModelFiles
from iomt.hub.refused import NotToBeHad

LARGEST = 8 << 20
"""Bytes of a file that is read whole; a config with 21,000 labels has one million."""


def read_folder(path: Path, called: str, model: str, revision: str = "", *, whole: bool = True) -> ModelFiles:
    """The small files of a folder, and the sizes of all; see `ModelFiles`. Raises `NotToBeHad`."""
    try:
        sizes = {each.name: each.stat().st_size for each in sorted(path.iterdir()) if each.is_file()}
        texts = {
            name: (path / name).read_bytes() for name in SMALL if name in sizes and sizes[name] <= LARGEST
        }
    except OSError as error:
        reason = f"the model folder {called} cannot be read: {error.strerror}"
        raise NotToBeHad(reason, "a folder begins with ./ or /; a model of the hub is OWNER/NAME") from error
    return ModelFiles(called, model, revision, texts, sizes, whole)
