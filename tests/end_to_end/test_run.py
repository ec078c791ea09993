"""`iomt run` from one file to stored frames, with real video, broker and object store."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from iomt.contract import metrics
from iomt.local.kept import bodies
from tests.end_to_end.running import (
    ROOT,
    assert_books_are_exact,
    camera,
    children,
    counts,
    gone,
    graph_file,
    kill,
    link,
    running,
    with_store,
)
from tests.recordings import make_clip

LAKE = {"kind": "MStorage", "device": "object-lake"}
WALL = {"kind": "MActuator", "device": "monitor"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    make_clip(path, size=(320, 240), frames=75, rate=25)
    return path


def run_to_end(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "iomt", "run", *arguments],
        capture_output=True, text=True, timeout=120, cwd=ROOT, check=False,
    )  # fmt: skip


def test_every_frame_of_two_cameras_is_an_object_and_a_second_run_goes_on(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(
        tmp_path,
        {"gate": camera(clip), "yard": camera(clip), "lake": LAKE, "wall": WALL},
        ["[gate, yard] -> [lake, wall]"],
    )
    data = tmp_path / "data"
    stored: dict[str, int] = {}
    for turn in (1, 2):
        with running(graph, "--data", str(data), "--for", "4s") as run:
            places = run.started()
            page = urllib.request.urlopen(places["wall"], timeout=5).read().decode()
            assert "<canvas" in page or "script" in page
            summary = run.summary()
            assert run.process.returncode == 0, summary
        assert_books_are_exact(summary)
        for name in ("gate", "yard"):
            books = link(summary, f"{name}.frames->lake.media")
            published = counts(data, name)[metrics.key(metrics.PUBLISHED, port="frames")]
            assert books["published"] == books["delivered"] == published
            assert published > stored.get(name, 0)
            keys = with_store(
                data,
                lambda client, name=name: [key for key, body in bodies(client, "test-lake", name) if body],
            )
            assert len(keys) == published, f"run {turn}"
            stored[name] = published


def test_a_temporary_folder_and_all_processes_are_gone_at_the_end(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    with running(graph) as run:
        folder = Path(run.started()["data"].removesuffix(" (removed at the end)"))
        assert folder.is_dir()
        family = [pid for pid, _ in children(run.process.pid)]
        assert len(family) == 4
        summary = run.end()
    assert run.process.returncode == 0, summary
    assert not folder.exists()
    gone(family)


def test_kill_9_of_the_run_itself_leaves_no_process(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    data = tmp_path / "data"
    with running(graph, "--data", str(data)) as run:
        run.started()
        family = [pid for pid, _ in children(run.process.pid)]
        kill(run.process.pid)
        gone(family)
    # And the folder is free for the next run, which goes on with it.
    with running(graph, "--data", str(data), "--for", "2s") as run:
        summary = run.summary()
    assert run.process.returncode == 0, summary


def test_a_file_read_as_fast_as_possible_is_stored_whole_and_the_run_ends_with_it(
    tmp_path: Path, clip: Path
) -> None:
    graph = graph_file(
        tmp_path, {"gate": camera(clip, loop=False, pace="fastest"), "lake": LAKE}, ["gate -> lake"]
    )
    data = tmp_path / "data"
    with running(graph, "--data", str(data)) as run:
        summary = run.summary()
    books = link(summary, "gate.frames->lake.media")
    found = with_store(data, lambda client: list(bodies(client, "test-lake")))
    assert books["published"] == books["delivered"] == len(found) > 0
    assert books["dropped"] == {}
    metadata = with_store(data, lambda client: client.stat_object("test-lake", found[0][0]).metadata)
    assert metadata["x-amz-meta-iomt-source"] == "gate"
    assert found[0][0].split("/")[-1].startswith(metadata["x-amz-meta-iomt-captured"])


def test_a_video_that_is_no_video_stops_the_run_with_the_graphs_line(tmp_path: Path) -> None:
    (tmp_path / "lobby.mp4").write_text("not a video")
    graph = graph_file(tmp_path, {"gate": camera(tmp_path / "lobby.mp4"), "lake": LAKE}, ["gate -> lake"])
    ended = run_to_end(str(graph), "--json")
    assert ended.returncode == 1
    (fault, *_) = json.loads(ended.stdout.splitlines()[-1])["faults"]
    assert "graph.yaml:" in fault
    assert "lobby.mp4" in fault
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_missing_video_and_a_port_in_use_are_findings_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        nodes = {"gate": camera(tmp_path / "away.mp4"), "wall": {**WALL, "options": {"port": port}}}
        ended = run_to_end(str(graph_file(tmp_path, nodes, ["gate -> wall"])))
    assert ended.returncode == 1
    assert "away.mp4" in ended.stderr
    assert f"port {port} of wall is in use" in ended.stderr
    assert "graph.yaml:" in ended.stderr


def test_two_runs_do_not_share_a_data_folder(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    with running(graph, "--data", str(tmp_path / "data")) as run:
        run.started()
        ended = run_to_end(str(graph), "--data", str(tmp_path / "data"))
        assert ended.returncode == 2
        assert "another `iomt run` works there" in ended.stderr
        run.end()


def test_only_some_nodes_can_be_started(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE, "wall": WALL}, ["gate -> [lake, wall]"])
    with running(graph, "--only", "gate", "wall", "--for", "2s") as run:
        summary = run.summary()
    assert [books["link"] for books in summary["links"]] == ["gate.frames->wall.frames"]
    assert {node["node"] for node in summary["nodes"]} == {"gate", "wall"}


def test_broker_and_store_listen_on_loopback_only_and_refuse_strangers(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    with running(graph) as run:
        places = run.started()
        listening = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
        family = {str(pid) for pid, _ in children(run.process.pid)}
        ours = [line for line in listening.splitlines() if any(f"pid={pid}," in line for pid in family)]
        assert len(ours) >= 4
        assert all(line.split()[3].startswith("127.0.0.1:") for line in ours), ours
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(places["store"].split()[0] + "/test-lake", timeout=5)
        assert refused.value.code == 403
        with socket.create_connection(("127.0.0.1", int(places["broker"].rpartition(":")[2]))) as stranger:
            stranger.recv(4096)
            stranger.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
            assert b"Authorization Violation" in stranger.recv(4096)
        run.end()


def test_sigterm_ends_a_run_cleanly(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    with running(graph) as run:
        run.started()
        os.kill(run.process.pid, signal.SIGTERM)
        summary = run.summary()
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)
