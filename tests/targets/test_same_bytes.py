"""The same graph gives the same bytes in every form, whatever order a Python has for its sets."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SCRIPT = """
import sys
from iomt.cli import main
graph, out = sys.argv[1:]
assert main(["compile", graph, "-o", f"{out}/all.yaml"]) == 0
assert main(["compile", graph, "-o", f"{out}/kustomize"]) == 0
assert main(["compile", graph, "--format", "helm", "-o", f"{out}/helm"]) == 0
assert main(["compile", graph, "--target", "compose", "-o", f"{out}/compose.yaml"]) == 0
"""
_PROFILES = (
    "spec:\n  profiles: {dev: {nodes: {guard: null}}, prod: {nodes: {lake: {options: {retain: 9d}}}}}\n"
)


def _hashes(folder, seeds):
    (folder / "graphs").mkdir()
    (folder / "devices").symlink_to(_ROOT / "devices")
    graph = folder / "graphs" / "campus.yaml"
    graph.write_text((_ROOT / "graphs" / "campus.yaml").read_text().replace("spec:\n", _PROFILES, 1))
    return {_hash(graph, folder / f"out-{seed}", seed) for seed in seeds}


def _hash(graph, out, seed):
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", _SCRIPT, str(graph), str(out)]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    assert len(files) > 90
    text = b"".join(f"{path.relative_to(out)}\n".encode() + path.read_bytes() for path in files)
    return hashlib.sha256(text).hexdigest()


def test_with_three_hash_seeds(tmp_path):
    assert len(_hashes(tmp_path, range(1, 4))) == 1


@pytest.mark.slow
def test_with_fifty_hash_seeds(tmp_path):
    assert len(_hashes(tmp_path, range(1, 51))) == 1
