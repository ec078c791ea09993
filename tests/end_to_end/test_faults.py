"""Real faults on real parts: what is durable loses nothing, what is live goes on."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import connect

from iomt.contract import metrics
from tests.end_to_end.running import (
    MODELS,
    ROOT,
    assert_books_are_exact,
    camera,
    counts,
    graph_file,
    kill,
    link,
    running,
    with_store,
)
from tests.recordings import make_clip
from tests.rtsp_server import RtspServer, skip_without_gstreamer

pytestmark = pytest.mark.slow

LAKE = {"kind": "MStorage", "device": "object-lake"}
WALL = {"kind": "MActuator", "device": "monitor"}
LOG = {"kind": "MStorage", "device": "result-log", "options": {"interval": "2s"}}
DETECTOR = {"kind": "MAnalyzer", "model": str(MODELS / "shapes-rtdetr")}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", size=(640, 480), frames=90, rate=30)


def stored(data: Path, bucket: str = "test-lake") -> int:
    return with_store(data, lambda client: sum(1 for _ in client.list_objects(bucket, recursive=True)))


def published(data: Path, *nodes: str) -> int:
    return sum(counts(data, node)[metrics.key(metrics.PUBLISHED, port="frames")] for node in nodes)


def test_kill_9_of_every_part_in_one_run_loses_no_durable_message(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(
        tmp_path,
        {
            "gate": camera(clip),
            "yard": camera(clip),
            "lake": LAKE,
            "shapes": DETECTOR,
            "log": LOG,
            "wall": WALL,
        },
        ["[gate, yard] -> lake", "[gate, yard] -> shapes -> [log, wall]", "gate -> wall"],
    )
    data = tmp_path / "data"
    with running(graph, "--data", str(data)) as run:
        run.started()
        began = time.monotonic()
        for words in ("nodes/shapes/", "nodes/lake/", "nats-server", "juicefs gateway"):
            time.sleep(10)
            kill(run.pid(words))
        time.sleep(max(0.0, began + 60 - time.monotonic()))
        assert run.pid("nodes/shapes/")
        summary = run.end()
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)
    for books in summary["links"]:
        if books["delivery"] == "durable":
            assert books["published"] == books["delivered"] > 0, books
    lake = [link(summary, f"{name}.frames->lake.media") for name in ("gate", "yard")]
    assert sum(books["redelivered"] for books in lake) > 0
    assert stored(data) == published(data, "gate", "yard") == sum(books["delivered"] for books in lake)
    restarts = {node["node"]: node["restarts"] for node in summary["nodes"]}
    assert restarts["shapes"] == restarts["lake"] == 1
    print(summary)


@contextmanager
def nats_server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    program = Path(sys.executable).parent / "nats-server"
    command = [
        program,
        "-a",
        "127.0.0.1",
        "-p",
        str(port),
        "-js",
        "-sd",
        folder,
        "--user",
        "me",
        "--pass",
        "pw",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def test_ten_seconds_without_the_users_own_broker_lose_no_durable_frame(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE, "wall": WALL}, ["gate -> [lake, wall]"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path / "data"
    with nats_server(tmp_path / "nats", port) as first:
        with running(graph, "--data", str(data), "--nats", f"nats://me:pw@127.0.0.1:{port}") as run:
            run.started()
            time.sleep(3)
            first.kill()
            first.wait()
            time.sleep(10)
            with nats_server(tmp_path / "nats", port):
                time.sleep(6)
                before = counts(data, "wall")[metrics.key(metrics.DELIVERED, link="gate.frames->wall.frames")]
                time.sleep(2)
                after = counts(data, "wall")[metrics.key(metrics.DELIVERED, link="gate.frames->wall.frames")]
                assert after > before, "the live link goes on"
                summary = run.end()
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)
    books = link(summary, "gate.frames->lake.media")
    assert books["published"] == books["delivered"] == published(data, "gate") == stored(data)
    assert books["published"] > 19 * 30


def test_a_store_that_hangs_for_ten_seconds_loses_no_durable_frame(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
    data = tmp_path / "data"
    with running(graph, "--data", str(data)) as run:
        run.started()
        time.sleep(2)
        store = run.pid("juicefs gateway")
        os.kill(store, signal.SIGSTOP)
        time.sleep(10)
        os.kill(store, signal.SIGCONT)
        time.sleep(2)
        summary = run.end()
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)
    assert stored(data) == published(data, "gate") > 13 * 30


def test_a_reader_that_never_reads_does_not_slow_the_lake(tmp_path: Path, clip: Path) -> None:
    graph = graph_file(
        tmp_path, {"gate": camera(clip), "yard": camera(clip), "lake": LAKE, "wall": WALL},
        ["[gate, yard] -> [lake, wall]"],
    )  # fmt: skip
    rates = []
    for stalled in (False, True):
        data = tmp_path / f"data-{stalled}"
        with running(graph, "--data", str(data)) as run, ExitStack() as pages:
            places = run.started()
            began, at_start = time.monotonic(), published(data, "gate", "yard")
            if stalled:
                wall = places["wall"].removeprefix("http://")
                for _ in range(4):
                    page = connect(f"ws://{wall}/live", origin=f"http://{wall}", max_queue=1)
                    pages.callback(pages.enter_context(page).socket.close)
            time.sleep(15)
            delivered = sum(
                counts(data, "lake")[metrics.key(metrics.DELIVERED, link=f"{name}.frames->lake.media")]
                for name in ("gate", "yard")
            )
            rates.append((delivered - at_start) / (time.monotonic() - began))
            pages.close()
            summary = run.end()
        assert run.process.returncode == 0, summary
        assert_books_are_exact(summary)
    print(f"stored frames/s without a stalled reader {rates[0]:.2f}, with four {rates[1]:.2f}")
    assert rates[1] >= 0.98 * rates[0], rates


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted by root only")
def test_a_full_disk_is_told_counted_and_ends_with_exit_code_1(tmp_path: Path, clip: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", data], check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        graph = graph_file(tmp_path, {"gate": camera(clip), "lake": LAKE}, ["gate -> lake"])
        filler = data / "filler"
        with running(graph, "--data", str(data)) as run:
            run.started()
            time.sleep(2)
            with filler.open("wb") as full:
                try:
                    while True:
                        full.write(bytes(65536))
                        full.flush()
                except OSError:
                    pass
            told = run.logged("data", "the disk is full", 40)
            time.sleep(3)
            summary = run.end()
        assert_books_are_exact(summary)
        books = link(summary, "gate.frames->lake.media")
        assert run.process.returncode == (1 if books["dropped"] or books["unsent"] else 0), summary
        print(told, books, summary["faults"])
        assert "Traceback" not in str(run.events)
        filler.unlink()
    finally:
        subprocess.run(["umount", "-l", data], check=False)
        shutil.rmtree(data, ignore_errors=True)


def test_an_rtsp_camera_that_goes_and_comes_back_gives_frames_within_three_seconds(tmp_path: Path) -> None:
    skip_without_gstreamer()
    server = RtspServer()
    server.start()
    data = tmp_path / "data"
    try:
        graph = graph_file(
            tmp_path,
            {
                "gate": {"kind": "MSensor", "device": "rtsp-camera", "options": {"url": server.url}},
                "lake": LAKE,
            },
            ["gate -> lake"],
        )
        with running(graph, "--data", str(data)) as run:
            run.started()
            key = metrics.key(metrics.PUBLISHED, port="frames")
            time.sleep(5)
            assert counts(data, "gate")[key] > 50
            server.kill()
            run.logged("gate", "source away", 10)
            time.sleep(6)
            before = counts(data, "gate")[key]
            server.start()
            returned = time.monotonic()
            while counts(data, "gate")[key] == before:
                assert time.monotonic() - returned < 3.0, "no frame within 3 s"
                time.sleep(0.02)
            print(f"frames again {time.monotonic() - returned:.2f} s after the camera's return")
            told = run.logged("gate", "source back after", 5)
            assert counts(data, "gate")[metrics.SOURCE_GAP] > 5e9
            print(told["message"])
            summary = run.end()
        assert run.process.returncode == 0, summary
        assert_books_are_exact(summary)
    finally:
        server.kill()
    assert stored(data) == published(data, "gate")


def test_the_example_graphs_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "IOMT_SECRET_GUARD_URL", "http://127.0.0.1:9/ring"
    )  # never called: no clip has so many
    for name in ("listening", "data-lake", "composed", "campus", "close-up"):
        with running(ROOT / "graphs" / f"{name}.yaml", "--for", "8s") as run:
            summary = run.summary()
        assert run.process.returncode == 0, (name, summary)
        assert_books_are_exact(summary)
        results = [books for books in summary["links"] if ".results->" in books["link"]]
        assert results
        assert all(books["delivered"] > 0 for books in results), (name, results)
