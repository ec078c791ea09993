"""How long `iomt compile` takes, from the graph's file to all objects on standard output.

Seconds of a busy machine say little: what is compared takes turns, and stands beside `python -c pass` of the
same run. What counts of CPU is user and system time of the whole process, its start included.

    python bench/compile.py [NODES...]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from installed import IOMT

from graphs import text

SIZES = (20, 1_000, 10_000)
ROUNDS = 7


class Run(NamedTuple):
    """Seconds, and what the process held at most."""

    wall: float
    cpu: float
    mebibytes: float


def main() -> None:
    """Medians of several rounds."""
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        # As where it is installed: with the bytecode that the first run leaves behind.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        out = Path(folder, "out.yaml")
        commands = {0: [sys.executable, "-c", "pass"]}
        objects = {}
        for size in sizes:
            graph = Path(folder, f"{size}.yaml")
            graph.write_text(text(size))
            commands[size] = [*IOMT, "compile", str(graph)]
            _run(commands[size], environment, out)
            with out.open() as made:  # line by line: a child begins with what its parent holds
                objects[size] = sum(line.startswith("kind: ") for line in made)
        runs: dict[int, list[Run]] = {size: [] for size in commands}
        for _ in range(ROUNDS):
            for size, command in commands.items():
                runs[size].append(_run(command, environment, out))
        print(f"median of {ROUNDS}; a node has three links")
        print(f"{'nodes':>7} {'objects':>8} {'wall s':>7} {'CPU s':>7} {'MiB':>5}  CPU beside python -c pass")
        for size in sizes:
            wall, cpu, memory = (median(column) for column in zip(*runs[size], strict=True))
            pairs = zip(runs[size], runs[0], strict=True)
            times = median(compiled.cpu / bare.cpu for compiled, bare in pairs)
            print(f"{size:>7} {objects[size]:>8} {wall:>7.3f} {cpu:>7.3f} {memory:>5.0f}  {times:.1f} times")


def _run(command: list[str], environment: dict[str, str], out: Path) -> Run:
    begin = time.perf_counter()
    with out.open("wb") as made:
        process = subprocess.Popen(command, stdout=made, env=environment)
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    memory = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Run(wall, used.ru_utime + used.ru_stime, memory)


if __name__ == "__main__":
    main()
