"""A real `iomt run --json` in a process of its own, as a test sees it."""

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from minio import Minio

from iomt.contract import ledger
from iomt.local.kept import kept_store

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "devices" / "models"


class Running:
    """Events come line by line; `end` stops it and gives the summary."""

    def __init__(self, graph: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "iomt", "run", str(graph), "--json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.events: list[dict[str, Any]] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, matches: Callable[[dict[str, Any]], bool], seconds: float = 60) -> dict[str, Any]:
        """The first event that matches, also among those that came before."""
        for event in self.events:
            if matches(event):
                return event
        deadline = time.monotonic() + seconds
        while True:
            line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            if line is None:
                assert self.process.stderr
                told = self.process.stderr.read()
                raise AssertionError(f"ended with {self.process.wait()}: {told}\n{self.events[-5:]}")
            event = json.loads(line)
            self.events.append(event)
            if matches(event):
                return event

    def started(self) -> dict[str, str]:
        """Wait until all is up; the addresses."""
        places: dict[str, str] = self.wait_for(lambda event: event["event"] == "started", 120)["places"]
        return places

    def logged(self, node: str, text: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for a log line of a node."""
        return self.wait_for(
            lambda event: event["event"] == "log" and event["node"] == node and text in event["message"],
            seconds,
        )

    def summary(self, seconds: float = 150) -> dict[str, Any]:
        """Wait for the end of the run; the books."""
        found = self.wait_for(lambda event: event["event"] == "summary", seconds)
        self.process.wait(timeout=30)
        refused = [
            event for event in self.events if event.get("node") == "broker" and "refused" in str(event)
        ]
        assert not refused, "a device needs more than its grants, or has tried what it may not"
        return found

    def end(self, seconds: float = 150) -> dict[str, Any]:
        """Ctrl-C, then the books."""
        self.process.send_signal(signal.SIGINT)
        return self.summary(seconds)

    def pid(self, words: str) -> int:
        """The child process whose command line holds these words."""
        for pid, command in children(self.process.pid):
            if words in command:
                return pid
        raise AssertionError(f"no child with {words!r}: {children(self.process.pid)}")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)


@contextmanager
def running(graph: Path, *arguments: str) -> Iterator[Running]:
    """Start it; whatever the test does, it is gone at the end and left no process."""
    run = Running(graph, *arguments)
    try:
        yield run
    finally:
        family = [pid for pid, _ in children(run.process.pid)]
        if run.process.poll() is None:
            run.process.kill()
        run.process.wait(timeout=30)
        gone(family)


def children(parent: int) -> list[tuple[int, str]]:
    """Children of a process with their command lines (Linux)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == parent and status[0] != "Z":
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found.append((int(folder.name), command))
            except (OSError, IndexError):
                continue
    return found


def gone(pids: list[int], seconds: float = 15) -> None:
    """Assert that these processes end by themselves."""
    deadline = time.monotonic() + seconds
    left = pids
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if _alive(pid)]
        time.sleep(0.05)
    assert not left, f"orphans: {left}"


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    """kill -9."""
    os.kill(pid, signal.SIGKILL)


def link(summary: dict[str, Any], name: str) -> dict[str, Any]:
    """The books of one link."""
    found: dict[str, Any] = next(each for each in summary["links"] if each["link"] == name)
    return found


def assert_books_are_exact(summary: dict[str, Any]) -> None:
    """Every link: published = delivered + waiting + dropped."""
    for books in summary["links"]:
        assert books["unexplained"] == 0, books
        assert books["published"] == books["delivered"] + books["waiting"] + sum(books["dropped"].values()), (
            books
        )


def counts(data: Path, node: str) -> dict[str, int]:
    """The ledger of a node of a kept run."""
    return ledger.read(data / "nodes" / node / ledger.FILE_NAME)


def with_store(data: Path, look: Callable[[Minio], Any]) -> Any:
    """Open the kept store of a finished run and look into it."""

    async def opened() -> Any:
        async with kept_store(data) as (client, _):
            return await asyncio.to_thread(look, client)

    return asyncio.run(opened())


def graph_file(folder: Path, nodes: dict[str, object], links: list[object], name: str = "test") -> Path:
    """Write a graph; JSON is YAML."""
    path = folder / "graph.yaml"
    document = {
        "apiVersion": "iomt.dev/v1",
        "kind": "DeviceGraph",
        "metadata": {"name": name},
        "spec": {"nodes": nodes, "links": links},
    }
    path.write_text(json.dumps(document, indent=2))
    return path


def camera(path: Path, **options: object) -> dict[str, object]:
    """A video file as a camera."""
    return {
        "kind": "MSensor",
        "device": "video-file",
        "options": {"path": str(path), "loop": True, **options},
    }
