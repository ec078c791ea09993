"""``make bench``: frames stored per second and core, and how old they are when they arrive.

Two figures, both against something measured in the same run, since machines differ and are noisy:

1. Stored frames per core-second of the lake's path (sensor, broker, lake), against a plain loop of
   minio-py PUTs of the same bytes into the same gateway.
2. Age at 3 cameras of 30 frames/s: capture to stored, capture to result; p50 and p99.
"""

import argparse
import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from minio import Minio

from iomt.contract import ledger, metrics
from iomt.local.kept import bodies, kept_store

ROOT = Path(__file__).parents[1]
CLIP = ROOT / "graphs" / "media" / "fast" / "conveyor-a.mp4"
MODEL = ROOT / "devices" / "models" / "shapes-rtdetr"
_TICKS = os.sysconf("SC_CLK_TCK")


def write_graph(folder: Path, nodes: dict[str, object], links: list[str]) -> Path:
    """A graph file; JSON is YAML."""
    path = folder / "graph.yaml"
    spec = {"nodes": nodes, "links": links}
    path.write_text(
        json.dumps(
            {
                "apiVersion": "iomt.dev/v1",
                "kind": "DeviceGraph",
                "metadata": {"name": "bench"},
                "spec": spec,
            }
        )
    )
    return path


def camera(pace: str) -> dict[str, object]:
    return {
        "kind": "MSensor",
        "device": "video-file",
        "options": {"path": str(CLIP), "loop": pace == "real-time", "pace": pace},
    }


def run_graph(graph: Path, data: Path, seconds: float | None) -> tuple[dict[str, object], float, float]:
    """Run to the end; the summary, CPU seconds of all processes, wall seconds."""
    began, cpu = time.monotonic(), _children_cpu()
    limit = ["--for", f"{seconds:.0f}s"] if seconds else []
    command = [sys.executable, "-m", "iomt", "run", str(graph), "--json", "--data", str(data), *limit]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if ended.returncode:
        raise SystemExit(f"the run failed:\n{ended.stdout}\n{ended.stderr}")
    summary: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return summary, _children_cpu() - cpu, time.monotonic() - began


def start_up_cpu(folder: Path, cameras: int) -> float:
    """CPU seconds that the same processes cost without a frame: subtracted from the run's."""
    graph = write_graph(folder, _storing(cameras, "real-time"), _links(cameras))
    _, cpu, _ = run_graph(graph, folder / "idle", 0.001)
    return cpu


def stored_per_core_second(folder: Path) -> tuple[float, float, int]:
    """Frames per core-second through iomt and by the plain loop, and the number of frames."""
    cameras = 2
    idle = start_up_cpu(folder, cameras)
    graph = write_graph(folder, _storing(cameras, "fastest"), _links(cameras))
    data = folder / "fastest"
    summary, cpu, _ = run_graph(graph, data, None)
    frames = sum(books["delivered"] for books in summary["links"])  # type: ignore[attr-defined,index]
    ours = frames / (cpu - idle)
    plain = asyncio.run(_plain_loop(data))
    return ours, plain, frames


async def _plain_loop(data: Path) -> float:
    """PUT every stored frame once more into another bucket, one by one; frames per core-second."""
    async with kept_store(data) as (client, store):
        assert store.process.pid
        return await asyncio.to_thread(_put_all, client, store.process.pid)


def _put_all(client: Minio, gateway: int) -> float:
    stored = [body for _, body in bodies(client, "bench-lake")]
    client.make_bucket("plain")
    own, theirs = time.process_time(), _cpu(gateway)
    for number, body in enumerate(stored):
        client.put_object(
            "plain", f"{number:09d}.jpg", io.BytesIO(body), len(body), content_type="image/jpeg"
        )
    return len(stored) / (time.process_time() - own + _cpu(gateway) - theirs)


def ages(folder: Path, seconds: float) -> dict[str, tuple[float, float, int]]:
    """p50 and p99 in seconds, and the count: capture to stored, capture to result."""
    nodes = {
        **_storing(3, "real-time"),
        "shapes": {"kind": "MAnalyzer", "model": str(MODEL)},
        "wall": {"kind": "MActuator", "device": "monitor"},
    }
    links = [*_links(3), "[camera0, camera1, camera2] -> shapes -> wall"]
    data = folder / "ages"
    run_graph(write_graph(folder, nodes, links), data, seconds)
    return {
        "capture to stored": _percentiles(data, "lake"),
        "capture to result at the screen": _percentiles(data, "wall"),
    }


def _percentiles(data: Path, node: str) -> tuple[float, float, int]:
    counts: dict[float, int] = {}
    for key, value in ledger.read(data / "nodes" / node / ledger.FILE_NAME).items():
        name, labels = metrics.split(key)
        if name == metrics.AGE_BUCKET:
            counts[float(labels["le"])] = counts.get(float(labels["le"]), 0) + value
    total = sum(counts.values())

    def at(share: float) -> float:
        passed = 0
        for edge in sorted(counts):
            passed += counts[edge]
            if passed >= share * total:
                return edge
        return float("inf")

    return at(0.5), at(0.99), total


def _storing(cameras: int, pace: str) -> dict[str, object]:
    sensors: dict[str, object] = {f"camera{number}": camera(pace) for number in range(cameras)}
    return {**sensors, "lake": {"kind": "MStorage", "device": "object-lake"}}


def _links(cameras: int) -> list[str]:
    return [f"[{', '.join(f'camera{number}' for number in range(cameras))}] -> lake"]


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    parser = argparse.ArgumentParser(description="Frames stored per core-second, and their age.")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the run that measures ages")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="iomt-bench-") as name:
        folder = Path(name)
        ours, plain, frames = stored_per_core_second(folder)
        print(f"stored {frames} frames of {CLIP.name}: decode, encode, broker, lake and gateway together")
        print(f"  iomt        {ours:8.1f} frames per core-second")
        print(
            f"  plain loop  {plain:8.1f} frames per core-second (minio-py PUTs of the same bytes, no video)"
        )
        print(f"  ratio       {ours / plain:8.2f}")
        print(f"3 cameras of 30 frames/s for {arguments.seconds:.0f} s, on {os.cpu_count()} cores")
        for what, (p50, p99, count) in ages(folder, arguments.seconds).items():
            print(f"  {what:32} p50 <= {p50 * 1e3:7.1f} ms   p99 <= {p99 * 1e3:7.1f} ms   ({count} messages)")


if __name__ == "__main__":
    main()
