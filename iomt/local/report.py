"""What a run tells: on a terminal, in a pipe, or as JSON lines for a program."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.markup import escape

from iomt.local.nodes import Line
from iomt.local.snapshot import Snapshot
from iomt.local.table import LiveTable, links_table

_TOLD_LEVELS = {"warning", "error", "critical"}
_PIPE_WIDTH = 500
_LEVEL_STYLES = {"warning": "yellow", "error": "red", "critical": "bold red"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the last figures, and what makes its exit code 1."""

    last: Snapshot
    faults: tuple[str, ...]
    seconds: float


class Report(Protocol):
    """Where a run tells what happens."""

    def started(self, places: Mapping[str, str]) -> None:
        """All is up; ``places`` are addresses by name (monitor, store ...)."""

    def line(self, line: Line) -> None:
        """A log line of a node or service. Raises nothing: whoever hears it has a process to keep."""

    def figures(self, now: Snapshot, note: str) -> None:
        """Fresh figures, about once a second. Raises BrokenPipeError when nobody reads any more."""

    def note(self, text: str) -> None:
        """One line on what is done now."""

    def ended(self, outcome: Outcome) -> None:
        """The end, with the books."""

    def close(self) -> None:
        """Give the terminal back, whatever happened."""


class _Paper(Console):
    """A console which tells that nobody reads it any more, as every file does."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class TextReport:
    """For people: a live table where standard output is a terminal, plain lines in a pipe."""

    def __init__(self) -> None:
        self._console = _Paper(highlight=False, emoji=False, soft_wrap=True)
        self._unread = False
        self._table = LiveTable(self._console) if self._console.is_terminal else None
        if self._table:
            self._table.start()

    def started(self, places: Mapping[str, str]) -> None:
        """Print the addresses."""
        for name, place in places.items():
            self._console.print(f"[bold]{escape(name):9}[/] {escape(place)}")

    def line(self, line: Line) -> None:
        """Print what a person wants to know: warnings, errors and alarms."""
        if line.level in _TOLD_LEVELS:
            style = _LEVEL_STYLES[line.level]
            source = f" ({line.fields['source']})" if "source" in line.fields else ""
            try:
                self._console.print(
                    f"[{style}]{escape(line.node)}[/]{escape(source)}: {escape(line.message)}"
                )
            except BrokenPipeError:
                self._unread = True

    def figures(self, now: Snapshot, note: str) -> None:
        """Redraw the table."""
        if self._unread:
            raise BrokenPipeError
        if self._table:
            self._table.show(now, note)

    def note(self, text: str) -> None:
        """Print it where there is no table that shows it."""
        self._console.print(f"[dim]{escape(text)}[/]")

    def ended(self, outcome: Outcome) -> None:
        """Print the books."""
        self.close()
        self._console.print(
            f"\nran {outcome.seconds:.1f} s; for each link published = delivered + waiting + dropped"
        )
        # A pipe has no width: nothing is left out there.
        width = self._console.width if self._console.is_terminal else _PIPE_WIDTH
        table = links_table(outcome.last, width, rates=False)
        _Paper(highlight=False, emoji=False, width=max(width, _PIPE_WIDTH)).print(table)
        restarted = [f"{node.name} {node.restarts}x" for node in outcome.last.nodes if node.restarts]
        if restarted:
            self._console.print(f"started again: {', '.join(restarted)}")
        for fault in outcome.faults:
            self._console.print(f"[bold red]fault[/] {escape(fault)}")
        waiting = sum(each.account.waiting for each in outcome.last.links)
        if not outcome.faults:
            left = f"; {waiting} messages wait in the data folder for the next run" if waiting else ""
            self._console.print(f"[green]durable links lost 0[/]{left}")

    def close(self) -> None:
        """Stop the table."""
        if self._table:
            self._table.stop()
            self._table = None


class JsonReport:
    """For programs: one JSON object a line, the last one with the books."""

    def __init__(self) -> None:
        self._unread = False

    def started(self, places: Mapping[str, str]) -> None:
        """``{"event": "started", "places": {...}}``."""
        _print({"event": "started", "places": dict(places)})

    def line(self, line: Line) -> None:
        """``{"event": "log", ...}`` for warnings and worse."""
        if line.level not in _TOLD_LEVELS:
            return
        document = {"event": "log", "node": line.node, "level": line.level, "message": line.message}
        if "source" in line.fields:
            document["source"] = line.fields["source"]
        try:
            _print(document)
        except BrokenPipeError:
            self._unread = True

    def figures(self, now: Snapshot, note: str) -> None:
        """Nothing: a program asks the devices' ``/metrics``."""
        if self._unread:
            raise BrokenPipeError

    def note(self, text: str) -> None:
        """``{"event": "note", ...}``."""
        _print({"event": "note", "message": text})

    def ended(self, outcome: Outcome) -> None:
        """``{"event": "summary", "links": [...], "nodes": [...], "faults": [...]}``."""
        _print(summary(outcome))

    def close(self) -> None:
        """Nothing to give back."""


def summary(outcome: Outcome) -> dict[str, object]:
    """The books as plain data."""
    links = [
        {
            "link": books.link.name,
            "delivery": books.link.delivery,
            "published": books.published,
            "delivered": books.delivered,
            "waiting": books.waiting,
            "dropped": books.dropped,
            "redelivered": books.redelivered,
            "unsent": books.unsent,
            "unexplained": books.unexplained,
        }
        for books in (figures.account for figures in outcome.last.links)
    ]
    nodes = [
        {"node": node.name, "kind": node.kind, "state": node.health.state, "restarts": node.restarts,
         **({"detail": node.health.detail} if node.health.detail else {})}
        for node in outcome.last.nodes
    ]  # fmt: skip
    return {
        "event": "summary",
        "seconds": round(outcome.seconds, 3),
        "links": links,
        "nodes": nodes,
        "faults": list(outcome.faults),
    }


def _print(document: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()
