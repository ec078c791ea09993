"""``python -m iomt.runtime.fetch_model [--wait] MODEL [REVISION]``: a model of the hub into the cache, once.

In a cluster a Job fetches into a volume, and pods that read it start when all of it is there: with
``--wait`` nothing is fetched, and the program ends when another has done it. A small file beside the
models says so, since files of a model appear one by one. HF_HUB_CACHE is the folder, HF_TOKEN_PATH the
file of a token for private models, HF_ENDPOINT another hub.
"""

import logging
import math
import os
import signal
import sys
import time
from pathlib import Path

from iomt.contract import http
from iomt.runtime.device import PermanentFault

_PAUSE_SECONDS = 0.5
_ANSWER_SECONDS = 30.0
"""Nobody looks on, so the hub may take its time."""
_SAID_EVERY_SECONDS = 60.0
_USAGE = "usage: python -m iomt.runtime.fetch_model [--wait] MODEL [REVISION]\n"


def main(arguments: list[str]) -> int:
    """0: it is there; 1: it could not be fetched, which another attempt may mend; 2: misuse."""
    waits = arguments[:1] == ["--wait"]
    model, revision = (*arguments[waits:], "", "")[:2]
    if not model or model.startswith("-") or len(arguments) > waits + 2:
        sys.stderr.write(_USAGE)
        return http.EXIT_SETTINGS
    # The first process of a container obeys no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # Imported late: what it reads of the environment, it reads once.
    from huggingface_hub import constants

    done = Path(constants.HF_HUB_CACHE, "whole", _file_name(model, revision))
    logging.basicConfig(format="%(message)s", stream=sys.stdout)
    log = logging.getLogger("fetch_model")
    log.setLevel(logging.INFO)
    if waits:
        _wait(model, done, log)
        return 0
    if done.is_file():
        log.info("model %s is in %s: revision %s", model, constants.HF_HUB_CACHE, done.read_text())
        return 0
    from iomt.runtime.analyzers.hub import fetch

    try:
        fetched = fetch(model, revision, log, _ANSWER_SECONDS)
        _note(done, fetched.revision)
    except (PermanentFault, OSError) as fault:
        sys.stderr.write(f"fetch_model: {fault}\n")
        return http.EXIT_FAULT
    log.info("model %s is in %s now: revision %s", model, constants.HF_HUB_CACHE, fetched.revision)
    return 0


def _file_name(model: str, revision: str) -> str:
    """Of the file that says that a model is whole; a branch may hold ``/``, no name of the hub an ``@``."""
    return f"{model}@{revision or 'main'}".replace("/", "--")


def _note(done: Path, commit: str) -> None:
    """At once or not at all: who waits looks at any moment."""
    done.parent.mkdir(parents=True, exist_ok=True)
    unfinished = done.with_name(f"{done.name}.{os.getpid()}")
    unfinished.write_text(commit)
    unfinished.replace(done)


def _wait(model: str, done: Path, log: logging.Logger) -> None:
    said = -math.inf
    while not done.is_file():
        if time.monotonic() - said >= _SAID_EVERY_SECONDS:
            said = time.monotonic()
            log.info("waiting until model %s has been fetched into %s", model, done.parent.parent)
        time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
