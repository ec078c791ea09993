"""A budget for people: aligned tables, `?` where nothing tells, and below how to tell it."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from iomt.budget.amounts import digits, duration, rate, size
from iomt.budget.budget import Budget
from iomt.budget.cold import Cold
from iomt.budget.flow import Flow
from iomt.budget.lakes import Lake
from iomt.budget.latency import Path
from iomt.budget.load import Load
from iomt.budget.sites import SiteLoad
from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Span
from iomt.language.graph import Site

_UNKNOWN = "?"
_NOWHERE = Site("", Span("", 1, 1, 1, 1))
_Row = Sequence[str]


def as_text(resolved: Resolved, budget: Budget, files: Sequence[str]) -> str:
    """All sections that have something in them."""
    sections = [
        _table(("LINK", "DELIVERY", "RATE", "EACH", "TOGETHER"), _links(resolved, budget)),
        _table(
            ("ANALYZER", "ARRIVES", "HANDLES", "TAKES", "SECONDS/S", "BUSY", "REPLICAS", "NEEDED"),
            map(_analyzer, budget.analyzers),
        ),
        _table(("STORAGE", "GETS", "A DAY", "KEEPS FOR", "HAS ROOM FOR", "HOLDS"), map(_lake, budget.lakes)),
        _table(("SLOWEST WAY", "LATENCY", "PROMISED", "PARTS"), _paths(resolved, budget)),
        _table(("SLEEPS", "MEETS IT ASLEEP", "COLD", "WARM", "ON AVERAGE"), map(_cold, budget.colds)),
        _table(("SITE", "CORES", "MEMORY", "GPUS", "UPLINK"), map(_site, budget.sites)),
        "\n".join(_unknown(budget, files)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _table(head: _Row, rows: Iterable[_Row]) -> str:
    every = [head, *rows]
    if len(every) == 1:
        return ""
    widths = [max(len(row[column]) for row in every) for column in range(len(head))]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in every)
    return "\n".join(lines)


def _links(resolved: Resolved, budget: Budget) -> Iterator[_Row]:
    for link, flow in zip(resolved.links, budget.links, strict=True):
        yield link.name, link.delivery, _of(flow.rate, rate), _of(flow.bytes_each, size), _together(flow)
    known = [amount for flow in budget.links if (amount := flow.bytes_per_second) is not None]
    if len(budget.links) > 1:
        more = " and more" if len(known) < len(budget.links) else ""
        yield "all links", "", "", "", f"{size(sum(known))}/s{more}"


def _together(flow: Flow) -> str:
    return _of(flow.bytes_per_second, lambda amount: f"{size(amount)}/s")


def _analyzer(load: Load) -> _Row:
    return (
        load.node.name,
        _of(load.arrives, rate),
        _of(load.handled, rate),
        _of(load.seconds, duration),
        _of(load.busy, digits),
        _of(load.utilisation, lambda share: f"{share:.0%}"),
        str(load.replicas),
        _of(load.needed, str),
    )


def _lake(lake: Lake) -> _Row:
    return (
        lake.node.name,
        _of(lake.bytes_per_second, lambda amount: f"{size(amount)}/s"),
        _of(lake.bytes_per_day, size),
        "ever" if lake.retain is None else duration(lake.retain),
        "all" if lake.size is None else size(lake.size),
        _holds(lake),
    )


def _holds(lake: Lake) -> str:
    if lake.held is not None:
        return size(lake.held)
    if lake.size is not None:
        return f"at most {size(lake.size)}"
    return "more every day" if lake.retain is None else _UNKNOWN


def _paths(resolved: Resolved, budget: Budget) -> Iterator[_Row]:
    for number in budget.latencies.ends():
        path = budget.latencies.path(number)
        promised = resolved.links[number].link.latency
        yield (
            " -> ".join(path.nodes),
            _latency(path),
            "-" if promised is None else duration(promised),
            ", ".join(f"{part.what} {_of(part.seconds, duration)}" for part in path.parts),
        )


def _latency(path: Path) -> str:
    return duration(path.seconds) + ("" if path.complete else " + ?")


def _cold(cold: Cold) -> _Row:
    return (
        cold.node.node.name,
        _of(cold.share, lambda share: f"{share:.1%}"),
        _of(cold.cold, duration),
        _of(cold.warm, duration),
        _of(cold.expected, duration),
    )


def _site(load: SiteLoad) -> _Row:
    site = load.site or _NOWHERE
    more = " + ?" if load.silent else ""
    unsent = " + ?" if load.untold else ""
    return (
        load.site.name if load.site else "-",
        digits(load.cores) + more + _of_all(site.cores, digits),
        size(load.memory) + more + _of_all(site.memory, size),
        str(load.gpus) + _of_all(site.gpus, str),
        f"{size(load.uplink)}/s{unsent}" + _of_all(site.uplink, lambda amount: f"{size(amount)}/s"),
    )


def _of_all(has: float | None, text: Callable[[float], str]) -> str:
    return "" if has is None else f" of {text(has)}"


def _unknown(budget: Budget, files: Sequence[str]) -> Iterator[str]:
    if not budget.unknowns:
        return
    yield "Not known (? above):"
    for each in budget.unknowns:
        told = f" (its option {each.option} tells the rate)" if each.option else ""
        yield f"  {each.node}: {', '.join(each.facts)}{told}"
    over = f" --over {' '.join(files[1:])}" if len(files) > 1 else ""
    names = " ".join(each.node for each in budget.unknowns)
    yield f"iomt tune {files[0]} {names}{over}  # measures them here"


def _of(amount: float | None, text: Callable[[float], str]) -> str:
    return _UNKNOWN if amount is None else text(amount)
