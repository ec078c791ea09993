"""k8s/examples: what `iomt compile` makes of every graph of graphs/. `make examples` writes them anew."""

from pathlib import Path

from iomt.checks import check
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.text import one_text

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "k8s" / "examples"
GRAPHS = sorted((ROOT / "graphs").glob("*.yaml"))


def compiled(graph: Path) -> str:
    """As `iomt compile GRAPH` prints it."""
    checked = check(str(graph))
    assert checked.resolved, checked.findings
    return one_text(render(make(checked.resolved), checked.resolved))


def write() -> None:
    """Make the folder hold those of today's graphs and no others."""
    FOLDER.mkdir(exist_ok=True)
    for there in FOLDER.glob("*.yaml"):
        there.unlink()
    for graph in GRAPHS:
        (FOLDER / graph.name).write_text(compiled(graph))


if __name__ == "__main__":
    write()
