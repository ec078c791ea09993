"""`iomt run` where it ends before anything is started, and where its reader goes away."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.running import camera, graph_file

LAKE = {"kind": "MStorage", "device": "object-lake"}


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """Checks without a finding; its recording is none, which only the device finds out."""
    (tmp_path / "clip.mp4").write_bytes(b"no recording")
    nodes = {"gate": camera(Path("clip.mp4")), "lake": LAKE}
    return graph_file(tmp_path, nodes, ["gate -> lake"])


def run(graph: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iomt", "run", str(graph), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--nats", "rubbish"), "--nats: 'rubbish' is no address: write nats://user:password@host:port"),
        (("--nats", "http://a:1"), "--nats: 'http://a:1' is no address: write nats://"),
        (("--nats", "nats://a:99999"), "'nats://a:99999' is no address (Port out of range"),
        (("--s3", "a:9000"), "--s3: 'a:9000' is no address: write http://"),
        (("--only", "gat"), "--only: no node gat; there are gate, lake"),
        (("--for", "soon"), "'soon' is no duration"),
    ],
)
def test_an_argument_that_cannot_be_used_ends_with_2_and_says_how_to_write_it(
    graph: Path, words: tuple[str, ...], message: str
) -> None:
    done = run(graph, *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_made_ends_with_2_and_its_name(graph: Path) -> None:
    done = run(graph, "--data", str(graph))
    assert (done.returncode, done.stderr) == (2, f"iomt run: {graph}: File exists\n")


def test_a_missing_recording_is_told_once(graph: Path) -> None:
    (graph.parent / "clip.mp4").unlink()
    done = run(graph, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("[missing-file]") == 1
    assert "error[missing-file]" in done.stderr


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_the_run_with_141_and_no_traceback(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    nodes = {
        "gate": {"kind": "MSensor", "device": "usb-camera", "options": {"device": "/dev/none"}},
        "lake": LAKE,
    }
    graph = graph_file(tmp_path, nodes, ["gate -> lake"])
    process = subprocess.Popen(
        [sys.executable, "-m", "iomt", "run", str(graph), "--for", "20s", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    process.stdout.close()
    _, told = process.communicate(timeout=60)
    assert process.returncode == 141, told
    assert told == ""
