"""Models by id, against a hub of our own. Each case is a process: HF_HOME and HF_ENDPOINT are read
when huggingface_hub is imported, and the cache must be one's own.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hub_server import COMMIT, Hub, serve_hub
from tests.specimens import DIGITS

ROOT = Path(__file__).parents[3]
_FIND = """
import json, logging, sys
from iomt.runtime.analyzers.hub import open_from_hub
from iomt.runtime.device import PermanentFault
try:
    found = open_from_hub(sys.argv[1], sys.argv[2], logging.getLogger())
    print(json.dumps([str(found.path), found.name, found.revision]))
except PermanentFault as fault:
    print(json.dumps(str(fault)))
assert "torch" not in sys.modules
"""
_ANALYZE = """
import asyncio, os, pathlib, sys
os.environ.pop("OMP_WAIT_POLICY", None)
from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer
from tests.asking import ask
from tests.contexts import make_context
from tests.specimens import digit, jpeg
assert "torch" not in sys.modules, "torch comes late, after its environment is set"
context = make_context(pathlib.Path(sys.argv[2]), {"threads": 1, "top": 1}, model=sys.argv[1])
analyzer = HuggingFaceAnalyzer(context)
asyncio.run(analyzer.prepare())
assert os.environ["OMP_WAIT_POLICY"] == "passive", "threads that wait leave the cores to others"
assert analyzer._worker.submit(sys.modules["torch"].get_num_threads).result() == 1
print(ask(analyzer, jpeg(digit("0"))).to_json().decode())
"""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    pickled = shutil.copytree(DIGITS, tmp_path / "pickled", ignore=shutil.ignore_patterns("*.safetensors"))
    (Path(pickled) / "pytorch_model.bin").write_bytes(b"pickle")
    with serve_hub({"local/digits": DIGITS, "local/pickled": Path(pickled)}) as server:
        yield server


def run(program: str, home: Path, endpoint: str, *arguments: str, offline: bool = False) -> Any:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))
    }
    environment |= {"HF_HOME": str(home), "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1"}
    if offline:
        environment["HF_HUB_OFFLINE"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=False, capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def find(home: Path, endpoint: str, model: str, revision: str = "", offline: bool = False) -> Any:
    return run(_FIND, home, endpoint, model, revision, offline=offline)


def test_an_id_is_fetched_once_and_works_without_the_hub_after(hub: Hub, tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = run(_ANALYZE, home, hub.url, "local/digits", str(tmp_path / "state"))
    assert (result["model"], result["revision"]) == ("local/digits", COMMIT)
    assert result["items"][0]["label"] == "0"

    hub.asked.clear()
    path, name, revision = find(home, hub.url, "local/digits", offline=True)
    assert (name, revision) == ("local/digits", COMMIT)
    assert (Path(path) / "model.safetensors").read_bytes() == (DIGITS / "model.safetensors").read_bytes()
    assert hub.asked == []


def test_a_cached_model_asks_the_hub_for_nothing(hub: Hub, tmp_path: Path) -> None:
    first = find(tmp_path, hub.url, "local/digits")
    hub.asked.clear()
    assert find(tmp_path, hub.url, "local/digits") == first
    assert find(tmp_path, "http://127.0.0.1:1", "local/digits", COMMIT) == first
    assert hub.asked == []


def test_only_what_is_needed_is_fetched(hub: Hub, tmp_path: Path) -> None:
    path, _, _ = find(tmp_path, hub.url, "local/digits")
    assert sorted(each.name for each in Path(path).iterdir()) == sorted(
        ["config.json", "model.safetensors", "preprocessor_config.json"]
    )


def test_a_fetch_that_was_broken_off_is_finished(hub: Hub, tmp_path: Path) -> None:
    path, _, _ = find(tmp_path, hub.url, "local/digits")
    (Path(path) / "model.safetensors").unlink()
    assert "is not in the cache" in find(tmp_path, hub.url, "local/digits", offline=True)
    assert find(tmp_path, hub.url, "local/digits")[0] == path
    assert (Path(path) / "model.safetensors").is_file()


def test_offline_without_a_cache_says_how_to_go_on(tmp_path: Path) -> None:
    says = find(tmp_path, "http://127.0.0.1:1", "local/digits", offline=True)
    assert "HF_HUB_OFFLINE forbids" in says
    assert "run `hf download local/digits --local-dir digits`" in says
    assert "write `model: ./digits`" in says
    assert f"set HF_HOME (now {tmp_path})" in says


def test_a_hub_that_refuses_connections_says_how_to_go_on_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    says = find(tmp_path, "http://127.0.0.1:1", "local/digits")
    assert time.monotonic() - began < 5
    assert "cannot be fetched from http://127.0.0.1:1 (" in says
    assert "hf download local/digits" in says


def test_a_hub_that_never_answers_says_how_to_go_on_within_some_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        began = time.monotonic()
        says = find(tmp_path, f"http://127.0.0.1:{deaf.getsockname()[1]}", "local/digits")
        assert time.monotonic() - began < 8  # 4 s, and the start of the process
    assert "hf download local/digits" in says


def test_a_name_that_the_hub_does_not_know_is_told(hub: Hub, tmp_path: Path) -> None:
    assert f"{hub.url} has no model local/nonesuch, or it is private" in find(
        tmp_path, hub.url, "local/nonesuch"
    )


def test_a_revision_that_the_hub_does_not_know_is_told(hub: Hub, tmp_path: Path) -> None:
    says = find(tmp_path, hub.url, "local/digits", "v9")
    assert "model local/digits has no revision 'v9': leave `revision` out" in says


def test_a_model_with_pickles_only_is_refused_before_anything_is_fetched(hub: Hub, tmp_path: Path) -> None:
    assert "has its weights as a pickle only" in find(tmp_path, hub.url, "local/pickled")
    assert not [each for each in hub.asked if "resolve" in each]


def test_a_text_that_is_no_id_is_told(tmp_path: Path) -> None:
    assert "'a/b/c' is no model: write OWNER/NAME" in find(tmp_path, "http://127.0.0.1:1", "a/b/c")
