"""A model by its id, over huggingface_hub, which reads HF_ENDPOINT, HF_HOME, HF_TOKEN and HF_HUB_OFFLINE.

An unreachable hub costs huggingface_hub some 23 s of tries. Here it gets a few seconds, and then the
user is told how to go on without it.
"""

import os

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from functools import partial
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

from iomt.catalogue.model_contract import SMALL, ModelFiles
from iomt.catalogue.model_folder import CONFIG
from iomt.hub.folder import LARGEST, read_folder
from iomt.hub.patience import TooLong, within
from iomt.hub.refused import NotToBeHad, Unreachable

_ANSWER_SECONDS, _FILE_SECONDS = 4.0, 10.0


def find_by_id(model: str, revision: str, *, offline: bool) -> ModelFiles:
    """The model's small files and what the hub says of it. Raises `NotToBeHad`."""
    snapshot = _cached(model, revision)
    if not (offline or constants.HF_HUB_OFFLINE):
        return _from_hub(model, revision, in_cache=snapshot is not None)
    if snapshot is None:
        who = "--offline" if offline else "HF_HUB_OFFLINE"
        what = f"{model} at {revision}" if revision else model
        message = f"{what} is not in the cache {constants.HF_HUB_CACHE}, and {who} forbids to ask the hub"
        raise Unreachable(message, _elsewhere(model))
    # Of the weights, which may not have been fetched, nothing can be told by their absence.
    return read_folder(snapshot, model, model, snapshot.name, whole=False)


def _cached(model: str, revision: str) -> Path | None:
    try:
        config = hub.try_to_load_from_cache(model, CONFIG, revision=revision or None)
    except HFValidationError as error:
        raise NotToBeHad(
            f"{model!r} is no model", "write OWNER/NAME of the hub, or ./FOLDER of this machine"
        ) from error
    return Path(config).parent if isinstance(config, str) else None


def _from_hub(model: str, revision: str, *, in_cache: bool) -> ModelFiles:
    try:
        return _read(model, revision)
    except NotToBeHad:
        raise
    except Exception as error:  # of sockets, TLS, proxies and HTTP: many kinds, one meaning
        raise _refusal(model, revision, error, in_cache=in_cache) from error


def _read(model: str, revision: str) -> ModelFiles:
    info = within(
        _ANSWER_SECONDS,
        lambda: hub.HfApi().model_info(
            model, revision=revision or None, timeout=_ANSWER_SECONDS, files_metadata=True
        ),
    )
    # Files in folders belong to other formats and to training.
    sizes = {each.rfilename: _size(each) for each in info.siblings or () if "/" not in each.rfilename}
    texts = {}
    for name in SMALL:
        if 0 <= sizes.get(name, -1) <= LARGEST:
            path = within(_FILE_SECONDS, partial(_fetched, model, name, revision))
            if path.parent.name != info.sha:
                raise Unreachable(f"{model} was changed while it was read", "try again")
            texts[name] = path.read_bytes()
    return ModelFiles(
        model, model, str(info.sha), texts, sizes, licence=_licence(info), tag=str(info.pipeline_tag or "")
    )


def _fetched(model: str, name: str, revision: str) -> Path:
    # By the branch's name and not by the commit: so the cache notes which commit the branch was.
    return Path(hub.hf_hub_download(model, name, revision=revision or None, etag_timeout=_ANSWER_SECONDS))


def _size(sibling: Any) -> int:
    return int(sibling.size or 0)


def _licence(info: Any) -> str:
    """As the model's card says; "other" has a name beside it."""
    said = info.card_data.to_dict() if info.card_data else {}
    licence = said.get("license") or ""
    if isinstance(licence, list):
        licence = licence[0] if licence else ""
    return str(said.get("license_name") or licence) if licence == "other" else str(licence)


def _refusal(model: str, revision: str, error: Exception, *, in_cache: bool) -> NotToBeHad:
    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    log_in = "log in with `hf auth login` or set HF_TOKEN"
    if isinstance(error, GatedRepoError):
        return NotToBeHad(
            f"{model} is gated", f"accept its terms at {constants.ENDPOINT}/{model}, then {log_in}"
        )
    if isinstance(error, RevisionNotFoundError):
        return NotToBeHad(
            f"{model} has no revision {revision}", "leave --revision out, or give one of its commits"
        )
    if isinstance(error, RepositoryNotFoundError) or status in {401, 403, 404}:
        return NotToBeHad(
            f"{constants.ENDPOINT} has no model {model}, or it is private",
            f"check its name; for a private one {log_in}",
        )
    reason = "no answer" if isinstance(error, TooLong) else (str(error) or type(error).__name__)
    return Unreachable(
        f"{constants.ENDPOINT} cannot be asked for {model}: {reason.splitlines()[0]}",
        "it is in the cache: add --offline" if in_cache else _elsewhere(model),
    )


def _elsewhere(model: str) -> str:
    folder = model.rpartition("/")[2]
    return (
        f"on a machine with a network run `hf download {model} --local-dir {folder}`, copy that folder here "
        f"and write --model ./{folder}; or copy that machine's cache, set HF_HOME "
        f"(now {constants.HF_HOME}) and write --offline"
    )
