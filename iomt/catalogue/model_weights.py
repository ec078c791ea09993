"""A model's weights by the names and sizes of its files; they are never read here."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from iomt.catalogue.declaration import Weights

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_OTHERS = {
    ".h5": "TensorFlow",
    ".msgpack": "JAX",
    ".onnx": "ONNX",
    ".gguf": "GGUF",
    ".tflite": "TensorFlow Lite",
}
_NO_WEIGHTS = frozenset(("training_args.bin", "optimizer.pt", "optimizer.bin", "scheduler.pt"))
"""What training leaves beside a model."""


def weights_of(sizes: dict[str, int]) -> Weights:
    """All the safetensors that the model is made of."""
    if WEIGHTS in sizes:
        return Weights(sizes[WEIGHTS], "safetensors")
    if INDEX in sizes:
        return Weights(sum(size for name, size in sizes.items() if _is_shard(name)), "safetensors")
    return Weights()


def weights_refusal(sizes: dict[str, int], *, whole: bool) -> tuple[str, str] | None:
    """Why the weights cannot be used, and what to do; None where they can, or nothing is known."""
    if weights_of(sizes).format:
        return None
    if any(_ends(name, _PICKLES) and name not in _NO_WEIGHTS for name in sizes):
        return (
            "has its weights as a pickle only, which may run any program when it is read",
            f"take a model with {WEIGHTS}, or convert it where you trust it: "
            "load it with transformers, then save_pretrained()",
        )
    if not whole:
        return None
    kinds = sorted({kind for end, kind in _OTHERS.items() for name in sizes if name.endswith(end)})
    has = f"has its weights for {' and '.join(kinds)} only" if kinds else "has no weights"
    return f"{has}: there is no {WEIGHTS}", "take a model that has it, or copy the whole folder"


def _is_shard(name: str) -> bool:
    return name.startswith("model-") and name.endswith(".safetensors")


def _ends(name: str, ends: Iterable[str]) -> bool:
    return PurePosixPath(name).suffix in ends
