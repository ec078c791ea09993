"""``iomt tune``: a run that watches some of its nodes, and what it says of them."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from iomt.catalogue.declaration import Profile
from iomt.contract import metrics
from iomt.local.nodes import Line, NodeProcess
from iomt.local.process_use import ProcessUse, machine_class, process_use
from iomt.local.report import Outcome
from iomt.local.run import Run, Wishes
from iomt.local.snapshot import Snapshot
from iomt.plan.plan import Plan

_LOOK_SECONDS = 0.1
_TOLD_LEVELS = ("warning", "error", "critical")


@dataclass(frozen=True, slots=True)
class Sample:
    """One node at one moment; ``taken`` is a monotonic time in seconds."""

    taken: float
    counts: Mapping[str, int]
    use: ProcessUse | None


@dataclass(slots=True)
class Watched:
    """One node: its first sample of the time that counts, and the last one in which it had done more."""

    kind: str
    first: Sample | None = None
    last: Sample | None = None
    seen: float | None = None
    startup: float | None = None
    failure: str = ""

    def take(self, sample: Sample) -> None:
        """Keep a sample if it tells something new."""
        if self.first is None:
            self.first = sample
        elif _done(self.kind, sample.counts) > _done(self.kind, (self.last or self.first).counts):
            self.last = sample


class _Told:
    """The report of a run of which only troubles are told."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.began = False

    def started(self, places: Mapping[str, str]) -> None:
        self.began = True

    def line(self, line: Line) -> None:
        if line.level in _TOLD_LEVELS:
            self._tell(f"{line.node}: {line.message}")

    def figures(self, now: Snapshot, note: str) -> None:
        return

    def note(self, text: str) -> None:
        return

    def ended(self, outcome: Outcome) -> None:
        return

    def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it: profiles of the nodes that did something, and why others have none."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


async def tune(plan: Plan, names: Iterable[str], seconds: float, tell: Callable[[str], None]) -> Tuned:
    """Run the plan for so long and measure these nodes of it. Raises what `Run.live` raises."""
    report = _Told(tell)
    run = Run(plan, Wishes(seconds=seconds, complete=False), report)
    watched = {name: Watched(plan.device(name).kind) for name in names}
    watching = asyncio.create_task(_watch(run, report, watched))
    try:
        await run.live()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    failures = {name: node.failure for name, node in run.nodes.items() if node.failure}
    tuned = Tuned()
    for name, each in watched.items():
        profile = profile_of(each)
        if profile:
            tuned.profiles[name] = profile
        else:
            why = failures.get(name) or "; ".join(f"{other}: {text}" for other, text in failures.items())
            tuned.faults[name] = why or "nothing came to it in this time"
    return tuned


async def _watch(run: Run, report: _Told, watched: Mapping[str, Watched]) -> None:
    while True:
        for name, each in watched.items():
            if name in run.nodes:
                _look(run.nodes[name], each, counts=report.began)
        await asyncio.sleep(_LOOK_SECONDS)


def _look(node: NodeProcess, watched: Watched, *, counts: bool) -> None:
    now, pid = time.monotonic(), node.process.pid
    if pid is None:
        return
    if watched.seen is None:
        watched.seen = now
    if node.health.ready and watched.startup is None:
        watched.startup = now - watched.seen
    if counts:
        watched.take(Sample(now, node.counts(), process_use(pid)))


def profile_of(watched: Watched) -> Profile | None:
    """None where it did nothing."""
    first, last = watched.first, watched.last
    if first is None or last is None:
        return None
    wall = last.taken - first.taken
    done = _done(watched.kind, last.counts) - _done(watched.kind, first.counts)
    cpu = last.use.cpu - first.use.cpu if first.use and last.use else None
    is_sensor = watched.kind == "MSensor"
    given = _grown(first, last, metrics.PUBLISHED)
    sent = _grown(first, last, metrics.PUBLISHED_BYTES)
    times = _times(first, last)
    return Profile(
        rate=done / wall if is_sensor else None,
        bytes=round(sent / given) if given and sent else None,
        seconds=(cpu / done if cpu else None) if is_sensor else quantile(times, 0.5),
        slowest=None if is_sensor else quantile(times, 0.95),
        memory=last.use.memory or None if last.use else None,
        cores=cpu / wall if cpu else None,
        startup=watched.startup or None,
        machine=machine_class(),
    )


def quantile(times: Mapping[float, int], part: float) -> float | None:
    """Of counts by upper edge: within the edge's step, as if what is in it were spread evenly."""
    total = sum(times.values())
    below, wanted = 0, part * total
    for edge in sorted(times):
        if below + times[edge] >= wanted and times[edge]:
            place = metrics.HANDLE_EDGES.index(edge) if edge in metrics.HANDLE_EDGES else -1
            if place < 0:
                return metrics.HANDLE_EDGES[-1]
            low = metrics.HANDLE_EDGES[place - 1] if place else 0.0
            return low + (edge - low) * (wanted - below) / times[edge]
        below += times[edge]
    return None


def _times(first: Sample, last: Sample) -> dict[float, int]:
    return {
        float(metrics.split(key)[1]["le"]): count - first.counts.get(key, 0)
        for key, count in last.counts.items()
        if key.startswith(metrics.HANDLE_BUCKET)
    }


def _done(kind: str, counts: Mapping[str, int]) -> int:
    """Items that a sensor gave, or that another node handled."""
    return _sum(counts, metrics.PUBLISHED if kind == "MSensor" else metrics.HANDLE_BUCKET)


def _grown(first: Sample, last: Sample, name: str) -> int:
    return _sum(last.counts, name) - _sum(first.counts, name)


def _sum(counts: Mapping[str, int], name: str) -> int:
    return sum(count for key, count in counts.items() if key.startswith(name))
