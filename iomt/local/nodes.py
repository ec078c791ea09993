"""The device processes of a run: one a node, with its settings, state and counts."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iomt.contract import http, ledger
from iomt.contract.settings import Settings
from iomt.local.process import Command, Exit, Supervised

_MODEL_NICENESS = 5
"""Models take every core there is; frames are captured and stored before they get more."""
_STOP_SECONDS = 45.0
"""More than the 20 s of a device's drain and the flush of its outbox."""
COMING = frozenset({"starting", "waiting for broker", "preparing", "loading model"})
"""States of a process on its way to its work."""


@dataclass(frozen=True, slots=True)
class Line:
    """One log line of a node; ``fields`` is the whole JSON object, empty for other text."""

    node: str
    level: str
    message: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    """What a node says of itself at ``/readyz``, or what became of its process."""

    state: str
    ready: bool
    detail: str = ""


class NodeProcess:
    """One node: its process, its log file, its health."""

    def __init__(self, settings: Settings, folder: Path, heard: Callable[[Line], None]) -> None:
        self.settings = settings
        self.folder = folder
        self.health = Health("starting", False)
        self.failure = ""
        self.reason = ""
        """Why its process ended the last time, where it said so."""
        self._heard = heard
        self.log_path = folder / "log.jsonl"
        self._log = self.log_path.open("a", encoding="utf-8", buffering=1)
        path = folder / "settings.json"
        path.write_text(settings.to_json())
        self.process = Supervised(
            settings.node,
            Command(
                [sys.executable, "-m", "iomt.runtime", str(path)],
                niceness=_MODEL_NICENESS if settings.kind == "MAnalyzer" else 0,
            ),
            self._line,
            self._ended,
        )

    @property
    def name(self) -> str:
        """The node's name in the graph."""
        return self.settings.node

    @property
    def url(self) -> str:
        """Where its HTTP side is."""
        return f"http://{self.settings.host}:{self.settings.http_port}"

    def counts(self) -> dict[str, int]:
        """Its ledger, readable whether or not the process lives."""
        return ledger.read(self.folder / ledger.FILE_NAME)

    async def start(self) -> None:
        """Start the process."""
        await self.process.start()

    async def stop(self) -> None:
        """Have it drain and end."""
        if not self.process.over:
            self.health = Health("draining", False)
        gentle = await self.process.stop(_STOP_SECONDS)
        if not gentle:
            self._heard(Line(self.name, "error", "did not end in time and was killed", {}))
        self.health = Health("failed" if self.failure else "stopped", False, self.failure)
        self._log.close()

    async def ask(self) -> None:
        """Refresh `health` from the process."""
        if self.failure or self.process.pid is None:
            return
        try:
            async with asyncio.timeout(2.0):
                answer = await self._get(http.READY)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            return
        if self.process.pid is not None and not self.failure:
            self.health = Health(answer["state"], answer["ready"], answer["detail"])

    async def _get(self, path: str) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection(self.settings.host, self.settings.http_port)
        try:
            writer.write(f"GET {path} HTTP/1.0\r\nHost: iomt\r\n\r\n".encode())
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        document: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return document

    def _line(self, text: str) -> None:
        if not self._log.closed:
            self._log.write(text + "\n")
        fields = _fields(text)
        level, message = fields.get("level", "debug"), fields.get("message", text)
        self._heard(Line(self.name, level, message, fields))

    def _ended(self, exit_: Exit) -> bool:
        if exit_.code in (http.EXIT_PERMANENT, http.EXIT_SETTINGS):
            self.failure = _reason(exit_) or f"ended with exit code {exit_.code}"
            self.health = Health("failed", False, self.failure)
            return False
        self.reason = _reason(exit_)
        self.health = Health("restarting", False, f"ended with {exit_.code}")
        self._heard(Line(self.name, "warning", _told(exit_), {}))
        return True


def _told(exit_: Exit) -> str:
    how = f"was killed by signal {-exit_.code}" if exit_.code < 0 else f"ended with exit code {exit_.code}"
    last = exit_.last_lines[-1] if exit_.code > 0 and exit_.last_lines else ""
    # A log line was told already; other text, such as the end of a traceback, was not.
    return f"process {how}, starting it again" + (f": {last}" if last and not _fields(last) else "")


def _reason(exit_: Exit) -> str:
    """The last error it told, or its last words where they are no log line; empty without either."""
    for text in reversed(exit_.last_lines if exit_.code > 0 else ()):
        fields = _fields(text)
        if not fields:
            return text
        if fields.get("level") in ("error", "critical"):
            return str(fields["message"])
    return ""


def _fields(text: str) -> dict[str, Any]:
    """A log line of a device; empty for other text."""
    try:
        fields = json.loads(text)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) and "message" in fields else {}
