"""The live table of a run on a terminal."""

from collections.abc import Callable, Sequence

from rich.console import Console, Group, JustifyMethod
from rich.live import Live
from rich.table import Table
from rich.text import Text

from iomt.local.accounts import LinkAccount
from iomt.local.snapshot import Snapshot

_STYLES = {"running": "green", "ended": "cyan", "failed": "bold red", "stopped": "dim"}
_WIDE = 100
_GAP = 2
_LEAST = 12
"""Columns of a terminal that a name or state keeps, however narrow it is."""


class LiveTable:
    """Redrawn in place; log lines scroll above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def start(self) -> None:
        """Take over the bottom of the terminal."""
        self._live.start()
        self._live.update(Text("starting broker and object store", style="dim"), refresh=True)

    def stop(self) -> None:
        """Give it back."""
        self._live.stop()

    def show(self, now: Snapshot, note: str) -> None:
        """Draw the figures; ``note`` is one line above them, where a low terminal does not cut it off."""
        width = self._console.width
        tables = (nodes_table(now, width), links_table(now, width))
        self._live.update(Group(Text(note, style="dim"), *tables), refresh=True)


def nodes_table(now: Snapshot, width: int) -> Table:
    """Nodes: state, items per second, model milliseconds, age of the newest; in so many columns."""
    states = [
        node.health.state + (f": {node.health.detail}" if node.health.detail else "") for node in now.nodes
    ]
    rows = [
        [
            node.name,
            node.kind,
            state,
            f"{node.rate:.1f}",
            "" if node.model_ms is None else f"{node.model_ms:.1f}",
            "" if node.age is None else f"{node.age:.2f} s",
            str(node.restarts or ""),
        ]
        for node, state in zip(now.nodes, states, strict=True)
    ]
    styles = [{2: _STYLES.get(node.health.state, "yellow")} for node in now.nodes]
    heads = ["node", "kind", "state", ">per s", ">model ms", ">age", ">restarts"]
    return _table(heads, rows, styles, width, 2, _without_end)


def links_table(now: Snapshot, width: int, rates: bool = True) -> Table:
    """Links: books, and with ``rates`` what is published per second now; in so many columns.

    Figures are never cut. Where the room is short, names leave out their ports, and then their middle.
    """
    every = [figures.account for figures in now.links]
    again = any(books.redelivered for books in every) or (not rates and width > _WIDE)
    rows, styles = [], []
    for figures in now.links:
        books = figures.account
        lost = books.link.delivery == "durable" and bool(books.dropped or books.unsent)
        drops = {**books.dropped, **({"unsent": books.unsent} if books.unsent else {})}
        rows.append([
            books.link.name,
            books.link.delivery,
            *((f"{figures.rate:.1f}",) if rates else ()),
            str(books.published),
            str(books.delivered),
            str(books.waiting),
            ", ".join(f"{count} {reason}" for reason, count in sorted(drops.items())) or "0",
            *((str(books.redelivered or ""),) if again else ()),
        ])  # fmt: skip
        styles.append({len(rows[-1]) - 1 - again: "bold red" if lost else ""})
    heads = [
        "link", "delivery", *((">per s",) if rates else ()), ">published", ">delivered", ">waiting",
        "dropped", *((">redelivered",) if again else ()),
    ]  # fmt: skip
    if _wide(heads, rows, _GAP) > width:
        for row, name in zip(rows, _without_ports(every), strict=True):
            row[0] = name
    return _table(heads, rows, styles, width, 0, _without_middle)


def _table(
    heads: Sequence[str],
    rows: Sequence[list[str]],
    styles: Sequence[dict[int, str]],
    width: int,
    gives_way: int,
    shortened: Callable[[str, int], str],
) -> Table:
    """One column gives way where the room is short; a head that begins with > is of figures."""
    gap = _GAP if _wide(heads, rows, _GAP) <= width else 1
    room = width - _wide(heads, rows, gap) + max((len(row[gives_way]) for row in rows), default=0)
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for head in heads:
        # Of several reasons for a drop each may stand on a line of its own.
        justify: JustifyMethod = "right" if head.startswith(">") else "left"
        table.add_column(head.lstrip(">"), justify=justify, no_wrap=head != "dropped")
    for row, style in zip(rows, styles, strict=True):
        row[gives_way] = shortened(row[gives_way], max(room, _LEAST))
        table.add_row(*(Text(cell, style=style.get(index, "")) for index, cell in enumerate(row)))
    return table


def _wide(heads: Sequence[str], rows: Sequence[list[str]], gap: int) -> int:
    """How many columns of a terminal all of it takes."""
    titles = [head.lstrip(">") for head in heads]
    widest = (max(map(len, column)) for column in zip(titles, *rows, strict=True))
    return sum(widest) + gap * (len(heads) - 1)


def _without_ports(every: Sequence[LinkAccount]) -> list[str]:
    """``left->lake``, or the whole name where two links have the same ends."""
    ends = [f"{books.link.source}->{books.link.target}" for books in every]
    return [end if ends.count(end) == 1 else books.link.name for end, books in zip(ends, every, strict=True)]


def _without_middle(text: str, width: int) -> str:
    """Both ends of a link's name tell something."""
    if len(text) <= width:
        return text
    left = width * 2 // 3
    return f"{text[:left]}…{text[len(text) - (width - left - 1) :]}"


def _without_end(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
