"""A model of the Hugging Face hub, by its id: from the cache, or fetched into it once.

An unreachable hub costs huggingface_hub and transformers some 23 s of tries. Here the cache is
looked at first, then the hub is asked one question with a short limit, and only then fetched from.
"""

import logging
import os
import threading
from pathlib import Path
from typing import Any

import huggingface_hub as hub
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from iomt.runtime.analyzers.folder import (
    CONFIG,
    INDEX,
    PROCESSORS,
    WEIGHTS,
    ModelFolder,
    has_weights,
    without_safetensors,
)
from iomt.runtime.device import PermanentFault

_ANSWER_SECONDS = 4.0
_WANTED = ["*.json", "*.txt", WEIGHTS, "model-*.safetensors"]


def open_from_hub(model: str, revision: str, log: logging.Logger) -> ModelFolder:
    """The model's files on this machine. Raises `PermanentFault` that says how to go on."""
    if (cached := _cached(model, revision)) is not None:
        return ModelFolder(cached, model, cached.name)
    if constants.HF_HUB_OFFLINE:
        raise PermanentFault(
            f"model {model} is not in the cache {constants.HF_HUB_CACHE}, and HF_HUB_OFFLINE forbids "
            f"to fetch it: {_cure(model)}"
        )
    return fetch(model, revision, log)


def fetch(model: str, revision: str, log: logging.Logger, seconds: float = _ANSWER_SECONDS) -> ModelFolder:
    """Fetch what is not in the cache yet. Raises `PermanentFault` that says how to go on.

    ``seconds`` is how long the hub may take for its first answer.
    """
    info = _ask(model, revision, seconds)
    files = [each.rfilename for each in info.siblings or ()]
    if WEIGHTS not in files and INDEX not in files:
        raise PermanentFault(f"model {model} {without_safetensors(files)}")
    log.info("fetching model %s, revision %s", model, info.sha)
    try:
        path = hub.snapshot_download(
            model, revision=info.sha, allow_patterns=_WANTED, ignore_patterns=["*/*"]
        )
    except Exception as error:
        raise PermanentFault(_unreachable(model, error)) from error
    _remember(Path(path), revision or "main")
    return ModelFolder(Path(path), model, str(info.sha))


def _cached(model: str, revision: str) -> Path | None:
    try:
        config = hub.try_to_load_from_cache(model, CONFIG, revision=revision or None)
    except HFValidationError as error:
        raise PermanentFault(
            f"{model!r} is no model: write OWNER/NAME of the hub, or ./FOLDER beside the graph"
        ) from error
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    whole = has_weights(folder) and any((folder / name).is_file() for name in PROCESSORS)
    return folder if whole else None


def _remember(snapshot: Path, revision: str) -> None:
    """Note which commit a branch was, as huggingface_hub does when asked by the branch's name."""
    if revision != snapshot.name:
        reference = snapshot.parent.parent / "refs" / revision
        reference.parent.mkdir(parents=True, exist_ok=True)
        reference.write_text(snapshot.name)


def _ask(model: str, revision: str, seconds: float) -> Any:
    """What the hub knows of the model, within ``seconds``."""
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(hub.HfApi().model_info(model, revision=revision or None, timeout=seconds))
        except Exception as error:
            answer.append(error)

    # A thread of its own: looking up a host's name obeys no limit of time.
    thread = threading.Thread(target=ask, daemon=True, name="hub")
    thread.start()
    thread.join(seconds)
    if not answer:
        raise PermanentFault(_unreachable(model, TimeoutError(f"no answer within {seconds:g} s")))
    if isinstance(answer[0], Exception):
        raise PermanentFault(_refused(model, revision, answer[0])) from answer[0]
    return answer[0]


def _refused(model: str, revision: str, error: Exception) -> str:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    if isinstance(error, GatedRepoError):
        return (
            f"model {model} is gated: accept its terms at {constants.ENDPOINT}/{model}, "
            "then log in with `hf auth login` or set HF_TOKEN"
        )
    if isinstance(error, RevisionNotFoundError):
        return f"model {model} has no revision {revision!r}: leave `revision` out, or take one of its commits"
    if isinstance(error, RepositoryNotFoundError) or status in {401, 403, 404}:
        return (
            f"{constants.ENDPOINT} has no model {model}, or it is private: check its name; "
            "for a private one log in with `hf auth login` or set HF_TOKEN"
        )
    return _unreachable(model, error)


def _unreachable(model: str, error: Exception) -> str:
    reason = (str(error) or type(error).__name__).splitlines()[0]
    return f"model {model} cannot be fetched from {constants.ENDPOINT} ({reason}): {_cure(model)}"


def _cure(model: str) -> str:
    folder = model.rpartition("/")[2]
    cache = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    return (
        f"on a machine with a network run `hf download {model} --local-dir {folder}`, copy that "
        f"folder beside the graph and write `model: ./{folder}`; or copy that "
        f"machine's cache and set HF_HOME (now {cache})"
    )
