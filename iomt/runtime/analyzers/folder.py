"""Where a model's files are: a folder of the user's, or the hub's cache."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from iomt.runtime.device import PermanentFault

CONFIG = "config.json"
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
_SAMPLE, _LARGEST_HEADER = 64 << 10, 64 << 20  # bytes
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """``name`` and ``revision`` are what results say of the model that made them."""

    path: Path
    name: str
    revision: str


def is_folder(model: str) -> bool:
    """Whether the setting names a folder; a hub's id never begins with a slash."""
    return Path(model).is_absolute()


def open_folder(path: Path) -> ModelFolder:
    """A folder of the user's. Raises `PermanentFault` where it is no model that can be loaded."""
    if not path.is_dir():
        raise PermanentFault(
            f"there is no model folder {path}: check `model` (./ starts at the graph file's folder; "
            "a model of the hub is written OWNER/NAME)"
        )
    if not (path / CONFIG).is_file():
        raise PermanentFault(
            f"{path} is no model: it has no {CONFIG}; "
            f"`hf download OWNER/NAME --local-dir {path}` gets a whole one"
        )
    if not has_weights(path):
        raise PermanentFault(f"model {path} {without_safetensors([each.name for each in path.iterdir()])}")
    return ModelFolder(path, path.name, _fingerprint(path))


def has_weights(path: Path) -> bool:
    """Whether all of the safetensors are there: one file, or every one that the index names."""
    if (path / WEIGHTS).is_file():
        return True
    try:
        shards = set(json.loads((path / INDEX).read_bytes())["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return bool(shards) and all((path / shard).is_file() for shard in shards)


def without_safetensors(files: list[str]) -> str:
    """What to tell of a model without usable weights, given the names of its files."""
    if INDEX in files:
        return f"is not whole: files that {INDEX} names are missing; copy it again"
    if any(Path(name).match(pattern) for name in files for pattern in _PICKLES):
        return (
            "has its weights as a pickle only, which may run any program when it is read: take one with "
            f"{WEIGHTS}, or convert it where you trust it (load it with transformers, then save_pretrained)"
        )
    return f"has no weights ({WEIGHTS}): copy the whole folder"


def _fingerprint(path: Path) -> str:
    """Short, and the same for the same files: config, and of each weight file its size, its header
    (every tensor's name, type and shape) and the weights at its ends. A model trained anew differs
    there; hashing gigabytes at each start would cost seconds.
    """
    digest = hashlib.sha256((path / CONFIG).read_bytes())
    for file in sorted(path.glob("*.safetensors")):
        with file.open("rb") as weights:
            size = file.stat().st_size
            header = int.from_bytes(weights.read(8), "little")
            digest.update(f"{file.name} {size} ".encode())
            digest.update(weights.read(min(header, _LARGEST_HEADER) + _SAMPLE))
            weights.seek(max(0, size - _SAMPLE))
            digest.update(weights.read())
    return digest.hexdigest()[:12]
