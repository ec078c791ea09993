"""`iomt run` finds secrets, gives them to the nodes that refer to them, and nobody prints them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from iomt.contract.settings import Settings
from tests.graphs import LAKE, graph_text

_ROOT = Path(__file__).parents[2]
_PASSWORD = "hunter2-is-long"
_URL = f"rtsp://me:{_PASSWORD}@127.0.0.1:1/stream"
_GRAPH = graph_text(
    ["gate: {kind: MSensor, device: rtsp-camera, options: {url: {secret: gate/url}}}", LAKE], ["gate -> lake"]
)


def _run(folder, *arguments, **environment):
    (folder / "graph.yaml").write_text(_GRAPH)
    command = [sys.executable, "-m", "iomt", "run", "graph.yaml", "--only", "gate", "--for", "1s", *arguments]
    env = {**os.environ, "PYTHONPATH": str(_ROOT), **environment}
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_missing_secret_is_told_before_anything_is_started(tmp_path):
    done = _run(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error[missing-secret]: gate needs the secret gate/url, and it is nowhere\n"
        " --> graph.yaml:6:63\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: rtsp-camera, options: {url: {secret: gate/url}}}\n"
        "  |                                                               ^^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = help: set IOMT_SECRET_GATE_URL, or name a folder with the file gate/url: --secrets DIR\n"
        "\n"
        "graph.yaml: 1 error\n"
    )


@pytest.mark.parametrize("by", ["folder", "environment"])
def test_the_camera_has_the_address_and_nothing_tells_it(tmp_path, by):
    if by == "folder":
        (tmp_path / "secrets" / "gate").mkdir(parents=True)
        (tmp_path / "secrets" / "gate" / "url").write_text(_URL + "\n")
        done = _run(tmp_path, "--json", "--data", "data", "--secrets", "secrets")
    else:
        done = _run(tmp_path, "--json", "--data", "data", IOMT_SECRET_GATE_URL=_URL)
    assert done.returncode == 0, done.stderr
    logs = (tmp_path / "data" / "nodes" / "gate" / "log.jsonl").read_text()
    assert "source away" in logs
    settings = Settings.from_json((tmp_path / "data" / "nodes" / "gate" / "settings.json").read_text())
    assert settings.options["url"] == {"secret": "gate/url"}
    everything = done.stdout + done.stderr
    for path in (tmp_path / "data").rglob("*"):
        everything += path.read_bytes().decode(errors="replace") if path.is_file() else ""
    assert _PASSWORD not in everything
