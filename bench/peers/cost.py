"""CPU seconds of rendering N services for Kubernetes, of iomt and of tools that render too.

    python bench/peers/cost.py [FOLDER]

A service is a Deployment and a Service with one container and one port. N nodes of iomt are cameras,
analyzers, lakes and logs, written one by one with three links each; "each" is one entry that is repeated, as
the other tools' inputs are. More text comes of each node, and it is read and checked as a whole before. What
counts is user and system time of the whole process, start-up included, as each edit of a file costs it.

Tools are looked for on PATH and in FOLDER: executables (helm, kustomize, pkl) in FOLDER/bin, cdk8s in
FOLDER/node_modules (npm install --prefix FOLDER cdk8s constructs), KCL in FOLDER/python
(pip install --target FOLDER/python kcl-lib). One that is missing is told, and left out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

BENCH = Path(__file__).parents[1]
sys.path.insert(0, str(BENCH))

import inputs  # noqa: E402
from installed import IOMT  # noqa: E402

from graphs import text  # noqa: E402

SIZES = (10, 100, 1000)
ROUNDS = 7
_KCL = (
    "import kcl_lib.api as a\n"
    "print(a.API().exec_program(a.ExecProgramArgs(k_filename_list=['main.k'])).yaml_result)"
)


class Tool(NamedTuple):
    """``write`` makes the input of N services in a folder, where ``command`` then renders it."""

    name: str
    command: list[str] | None
    write: Callable[[Path, int], None]
    renders: bool = True


def tools(folder: Path) -> list[Tool]:
    """All of them; those that are not here have no command."""
    path = os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", "")])

    def found(name: str, *arguments: str) -> list[str] | None:
        executable = shutil.which(name, path=path)
        return [executable, *arguments] if executable else None

    kcl = [sys.executable, "-c", _KCL] if (folder / "python" / "kcl_lib").is_dir() else None
    node = found("node", "main.js") if (folder / "node_modules" / "cdk8s").is_dir() else None
    return [
        Tool("iomt check", [*IOMT, "check", "graph.yaml"], _graph, renders=False),
        Tool("iomt compile", [*IOMT, "compile", "graph.yaml"], _graph),
        Tool("iomt check, each", [*IOMT, "check", "graph.yaml"], _each, renders=False),
        Tool("iomt compile, each", [*IOMT, "compile", "graph.yaml"], _each),
        Tool("helm template", found("helm", "template", "x", "."), inputs.helm),
        Tool("kustomize build", found("kustomize", "build", "."), inputs.kustomize),
        Tool("Pkl", found("pkl", "eval", "main.pkl"), inputs.pkl),
        Tool("KCL", kcl, inputs.kcl),
        Tool("cdk8s", node, inputs.cdk8s),
    ]


def main() -> None:
    """Medians of several rounds, in which all tools take turns."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/peers").resolve()
    here = [each for each in tools(folder) if each.command]
    for each in tools(folder):
        if not each.command:
            print(f"{each.name} is not here, so it is left out: {Path(__file__).name} tells where to put it")
    print(f"CPU seconds of N services, median of {ROUNDS}")
    print(f"{'':<20}" + "".join(f"{f'N = {size}':>10}" for size in SIZES))
    columns: dict[str, list[float]] = {each.name: [] for each in here}
    with tempfile.TemporaryDirectory() as scratch:
        for size in SIZES:
            runs: dict[str, list[float]] = {each.name: [] for each in here}
            for each in here:
                place = Path(scratch, f"{each.name}-{size}")
                place.mkdir()
                each.write(place, size)
                _cost(each, place, folder, size)  # leaves bytecode and caches of files behind
            for _ in range(ROUNDS):
                for each in here:
                    runs[each.name].append(_cost(each, Path(scratch, f"{each.name}-{size}"), folder, size))
            for each in here:
                columns[each.name].append(median(runs[each.name]))
    for name, seconds in columns.items():
        print(f"{name:<20}" + "".join(f"{second:>10.3f}" for second in seconds))


def _cost(tool: Tool, place: Path, folder: Path, size: int) -> float:
    assert tool.command
    environment = {
        **os.environ,
        "NODE_PATH": str(folder / "node_modules"),
        "PYTHONPATH": os.pathsep.join([str(BENCH.parent), str(folder / "python")]),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (place / "rendered").open("w+") as out:
        process = subprocess.Popen(tool.command, cwd=place, stdout=out, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, tool.name
        out.seek(0)
        made = sum(line.rstrip() in ("kind: Deployment", 'kind: "Deployment"') for line in out)
    assert made >= size or not tool.renders, f"{tool.name} made {made} Deployments of {size}"
    return used.ru_utime + used.ru_stime


def _graph(folder: Path, size: int) -> None:
    (folder / "graph.yaml").write_text(text(size + -size % 4))  # no fewer: its nodes come in fours


def _each(folder: Path, size: int) -> None:
    """One entry for all cameras but their lake, as the other tools' inputs repeat one service."""
    camera = f'each: 1..{size - 1}, options: {{url: "rtsp://10.0.0.1/{{item}}"}}'
    (folder / "graph.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: DeviceGraph\nmetadata: {name: large}\nspec:\n  nodes:\n"
        f"    camera: {{kind: MSensor, device: rtsp-camera, {camera}}}\n"
        "    lake: {kind: MStorage, device: object-lake, options: {retain: 7d}}\n"
        "  links: [camera -> lake]\n"
    )


if __name__ == "__main__":
    main()
