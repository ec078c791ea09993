"""How long the compiler's front end takes: large graphs, and one small enough to wait for.

Seconds of a busy machine say little: each figure stands beside one of the same run. Every measurement
is a process of its own, so that memory is its own too; what is compared takes turns.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from installed import IOMT

from graphs import text

SIZES = (1_000, 10_000)
ROUNDS = 5
STARTS = 31
_PHASES = ("parse", "check", "plan")
_MEASURED = """
import json, resource, sys, time
from iomt.catalogue.load import load_catalogue
from iomt.catalogue.resolve import resolve
from iomt.checks import judge
from iomt.language import read, without_garbage_collection
from iomt.plan.make import make

laps, cpu = [time.perf_counter()], time.process_time()
with without_garbage_collection():
    graph, findings, source = read(sys.argv[1])
    laps.append(time.perf_counter())
    resolved, unresolved = resolve(graph, load_catalogue([])[0])
    ruled, reckoned = judge(resolved, source)
    laps.append(time.perf_counter())
    plan = make(resolved)
    laps.append(time.perf_counter())
cpu = time.process_time() - cpu
assert not [*findings, *unresolved, *ruled, *reckoned], "the graph of the benchmark has findings"
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps([*(after - before for before, after in zip(laps, laps[1:])), cpu, len(plan.links), mib]))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        large = {size: Path(folder, f"{size}.yaml") for size in SIZES}
        for size, path in large.items():
            path.write_text(text(size))
        small = Path(folder, "small.yaml")
        small.write_text(text(20))
        _tell_phases({size: [] for size in SIZES}, large)
        _tell_start(small, Path(folder, "bytecode"))


def _tell_phases(runs: dict[int, list[list[float]]], large: dict[int, Path]) -> None:
    for _ in range(ROUNDS):
        for size, path in large.items():
            done = subprocess.run(
                [sys.executable, "-c", _MEASURED, str(path)], check=True, capture_output=True, text=True
            )
            runs[size].append(json.loads(done.stdout))
    print(f"wall seconds, and CPU seconds of the sum, median of {ROUNDS}")
    print(f"{'nodes':>7} {'links':>7} {'parse':>7} {'check':>7} {'plan':>7} {'sum':>7} {'CPU':>7} {'MiB':>5}")
    for size, every in runs.items():
        parse, check, plan, cpu, links, mib = (median(column) for column in zip(*every, strict=True))
        whole = median(sum(run[: len(_PHASES)]) for run in every)
        seconds = "".join(f" {each:>7.3f}" for each in (parse, check, plan, whole, cpu))
        print(f"{size:>7} {links:>7.0f}{seconds} {mib:>5.0f}")
    less, more = ([sum(run[: len(_PHASES)]) for run in runs[size]] for size in (SIZES[0], SIZES[-1]))
    times = median(large / small for small, large in zip(less, more, strict=True))
    print(f"{SIZES[-1]} nodes take {times:.1f} times as long as {SIZES[0]}")


def _tell_start(graph: Path, bytecode: Path) -> None:
    # As where it is installed: with the bytecode that the first run leaves behind.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    python = [sys.executable, "-c", "pass"]
    check = [*IOMT, "check", str(graph)]
    _cost(check, environment)
    pairs = [(_cost(python, environment), _cost(check, environment)) for _ in range(STARTS)]
    for at, what in enumerate(("wall", "CPU")):
        times = median(checked[at] / bare[at] for bare, checked in pairs)
        print(f"iomt check of 20 nodes: {times:.1f} times the {what} seconds of python -c pass")


def _cost(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
