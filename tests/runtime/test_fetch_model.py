"""The program that a Job runs in a cluster, against a hub of our own; each case is a process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub_server import COMMIT, TOKEN, Hub, serve_hub
from tests.specimens import DIGITS

ROOT = Path(__file__).parents[2]
_ANALYZE = """
import asyncio, json, pathlib, sys
from iomt.runtime.analyzers.huggingface import HuggingFaceAnalyzer
from tests.asking import ask
from tests.contexts import make_context
from tests.specimens import digit, jpeg
context = make_context(pathlib.Path(sys.argv[1]), {"threads": 1}, "local/digits", sys.argv[2])
analyzer = HuggingFaceAnalyzer(context)
asyncio.run(analyzer.prepare())
result = ask(analyzer, jpeg(digit("0")))
print(json.dumps([result.model, result.revision, result.items[0].label]))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serve_hub({"local/digits": DIGITS, "local/gated": DIGITS}, frozenset({"local/gated"})) as server:
        yield server


def _environment(cache: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    home = {"HF_HOME": str(cache.parent / "home"), "HF_HUB_CACHE": str(cache), "NO_PROXY": "127.0.0.1"}
    return kept | home | more


def _start(cache: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "iomt.runtime.fetch_model", *words],
        cwd=ROOT, env=_environment(cache, **more), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _run(cache: Path, *words: str, **more: str) -> tuple[int, str]:
    process = _start(cache, *words, **more)
    out, error = process.communicate(timeout=60)
    return process.returncode, out + error


@pytest.mark.parametrize("revision", [[], [COMMIT]])
def test_an_analyzer_loads_offline_what_was_fetched_once(
    hub: Hub, tmp_path: Path, revision: list[str]
) -> None:
    cache = tmp_path / "volume"
    code, said = _run(cache, "local/digits", *revision, HF_ENDPOINT=hub.url)
    assert (code, said.splitlines()[-1]) == (
        0,
        f"model local/digits is in {cache} now: revision {COMMIT}",
    )
    hub.asked.clear()
    code, said = _run(cache, "local/digits", *revision, HF_ENDPOINT=hub.url)
    assert (code, said) == (0, f"model local/digits is in {cache}: revision {COMMIT}\n")
    for path in (cache, *cache.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)  # as the analyzer has it, but where we are root
    done = subprocess.run(
        [sys.executable, "-c", _ANALYZE, str(tmp_path / "state"), *(revision or [""])],
        check=True, capture_output=True, text=True, cwd=ROOT,
        env=_environment(cache, HF_HUB_OFFLINE="1", HF_ENDPOINT=hub.url),
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == ["local/digits", COMMIT, "0"]
    assert hub.asked == []


def test_who_waits_ends_when_another_has_fetched_it(hub: Hub, tmp_path: Path) -> None:
    cache = tmp_path / "volume"
    waiting = _start(cache, "--wait", "local/digits", COMMIT, HF_ENDPOINT=hub.url)
    assert waiting.stdout
    assert waiting.stdout.readline() == f"waiting until model local/digits has been fetched into {cache}\n"
    assert _run(cache, "local/digits", HF_ENDPOINT=hub.url)[0] == 0
    assert waiting.poll() is None, "another revision is another model"
    assert _run(cache, "local/digits", COMMIT, HF_ENDPOINT=hub.url)[0] == 0
    assert waiting.wait(timeout=10) == 0
    assert waiting.communicate()[1] == ""


def test_who_waits_leaves_when_it_is_told_to(tmp_path: Path) -> None:
    waiting = _start(tmp_path / "volume", "--wait", "local/digits")
    assert waiting.stdout
    waiting.stdout.readline()
    waiting.terminate()
    assert waiting.wait(timeout=5) == 143


def test_a_broken_fetch_is_not_taken_for_a_whole_one(hub: Hub, tmp_path: Path) -> None:
    cache = tmp_path / "volume"
    code, said = _run(cache, "local/digits", COMMIT, HF_ENDPOINT="http://127.0.0.1:1")
    assert code == 1
    assert "model local/digits cannot be fetched from http://127.0.0.1:1" in said
    assert not list(cache.glob("whole/*"))
    assert _run(cache, "local/digits", COMMIT, HF_ENDPOINT=hub.url)[0] == 0
    assert [each.read_text() for each in cache.glob("whole/*")] == [COMMIT]


def test_a_private_model_needs_the_token_of_the_file(hub: Hub, tmp_path: Path) -> None:
    code, said = _run(tmp_path / "a", "local/gated", HF_ENDPOINT=hub.url)
    assert code == 1
    assert "local/gated" in said
    token = tmp_path / "token"
    token.write_text(TOKEN + "\n")
    code, said = _run(tmp_path / "a", "local/gated", HF_ENDPOINT=hub.url, HF_TOKEN_PATH=str(token))
    assert code == 0, said
    assert TOKEN not in said


@pytest.mark.parametrize("words", [[], ["--wait"], ["a/b", "c", "d"], ["--help"]])
def test_misuse_is_told(tmp_path: Path, words: list[str]) -> None:
    code, said = _run(tmp_path, *words)
    assert (code, said.split()[:2]) == (2, ["usage:", "python"])
