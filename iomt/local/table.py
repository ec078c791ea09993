"""The live table of a run on a terminal."""

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from iomt.local.snapshot import Snapshot

_STYLES = {"running": "green", "ended": "cyan", "failed": "bold red", "stopped": "dim"}


class LiveTable:
    """Redrawn in place; log lines scroll above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def start(self) -> None:
        """Take over the bottom of the terminal."""
        self._live.start()

    def stop(self) -> None:
        """Give it back."""
        self._live.stop()

    def show(self, now: Snapshot, note: str) -> None:
        """Draw the figures; ``note`` is one line below them."""
        self._live.update(Group(nodes_table(now), links_table(now), Text(note, style="dim")), refresh=True)


def nodes_table(now: Snapshot) -> Table:
    """Nodes: state, items per second, model milliseconds, age of the newest."""
    table = Table(box=None, pad_edge=False)
    for name in ("node", "kind", "state"):
        table.add_column(name, no_wrap=True)
    for name in ("per s", "model ms", "age", "restarts"):
        table.add_column(name, justify="right", no_wrap=True)
    for node in now.nodes:
        state = node.health.state + (f": {node.health.detail}" if node.health.detail else "")
        table.add_row(
            node.name,
            node.kind,
            Text(state[:60], style=_STYLES.get(node.health.state, "yellow")),
            f"{node.rate:.1f}",
            "" if node.model_ms is None else f"{node.model_ms:.1f}",
            "" if node.age is None else f"{node.age:.2f} s",
            str(node.restarts or ""),
        )
    return table


def links_table(now: Snapshot, rates: bool = True) -> Table:
    """Links: books, and with ``rates`` what is published per second now."""
    table = Table(box=None, pad_edge=False)
    for name in ("link", "delivery"):
        table.add_column(name, no_wrap=True)
    for name in (*(("per s",) if rates else ()), "published", "delivered", "waiting"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("dropped", no_wrap=True)
    table.add_column("redelivered", justify="right", no_wrap=True)
    for figures in now.links:
        books = figures.account
        lost = books.link.delivery == "durable" and bool(books.dropped or books.unsent)
        drops = {**books.dropped, **({"unsent": books.unsent} if books.unsent else {})}
        table.add_row(
            books.link.name,
            books.link.delivery,
            *((f"{figures.rate:.1f}",) if rates else ()),
            str(books.published),
            str(books.delivered),
            str(books.waiting),
            Text(", ".join(f"{count} {reason}" for reason, count in sorted(drops.items())) or "0",
                 style="bold red" if lost else ""),
            str(books.redelivered or ""),
        )  # fmt: skip
    return table
