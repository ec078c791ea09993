"""docs/diagnostics.md: the graphs of tests/broken with what `iomt check` prints about each.

`make diagnostics` (python -m tests.gallery) writes it; tests/test_gallery.py holds it to what is printed.
"""

from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from iomt.checks import check
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import summary
from iomt.diagnostics.text import render
from tests.peers import peer_section, peers_note

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "broken"
PAGE = ROOT / "docs" / "diagnostics.md"
FAMILIES = {
    "text": "The text itself",
    "keys": "Keys and values",
    "names": "Names",
    "quantities": "Quantities",
    "options": "Devices and their options",
    "each": "Many nodes of one entry",
    "sites": "Sites and machines",
    "budget": "Rates, sizes and promises",
    "declarations": "Devices of your own",
    "models": "Models",
    "conditions": "Conditions",
    "links": "Links",
    "silencers": "Comments that silence",
    "many": "Many at once",
}
"""Folders of tests/broken in the order of the page, and their headings."""
_HEAD = """\
# Diagnostics

{count} broken graphs and what `iomt check` prints about each. The files are in
[tests/broken](../tests/broken); `make diagnostics` writes this page, and a test fails where it differs.
What each rule means is in [rules](rules/README.md).

"""


@dataclass(frozen=True, slots=True)
class BrokenGraph:
    """One file of the gallery."""

    family: str
    name: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return FOLDER / self.family / f"{self.name}.yaml"

    @property
    def said(self) -> str:
        """What is wrong with it, in a sentence: the comment in its first line."""
        return self.text.split("\n", 1)[0].removeprefix("# ")

    @property
    def text(self) -> str:
        """For people: lines as on Linux, no mark before the first."""
        return self.path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")


def broken_graphs() -> list[BrokenGraph]:
    """Every file in the order of the page."""
    return [
        BrokenGraph(family, path.stem)
        for family in FAMILIES
        for path in sorted((FOLDER / family).glob("*.yaml"))
    ]


def findings(graph: BrokenGraph) -> list[Finding]:
    """What is wrong with it; spans name the file as it is called in its folder."""
    with chdir(graph.path.parent):
        return check(graph.path.name).findings


def printed(graph: BrokenGraph) -> str:
    """What `iomt check` prints, run in the file's folder."""
    with chdir(graph.path.parent):
        checked = check(graph.path.name)
        return render(checked.findings, checked.lines) + f"{graph.path.name}: {summary(checked.findings)}\n"


def page() -> str:
    """The whole of docs/diagnostics.md."""
    every = broken_graphs()
    out = [_HEAD.format(count=len(every)), peers_note()]
    for family, heading in FAMILIES.items():
        out.append(f"## {heading}\n\n")
        out += [_entry(graph) for graph in every if graph.family == family]
    return "".join(out).rstrip("\n") + "\n"


def _entry(graph: BrokenGraph) -> str:
    path = graph.path.relative_to(ROOT).as_posix()
    return (
        f"### {graph.name}\n\n{graph.said} ([{path}](../{path}))\n\n"
        f"```yaml\n{_shown(graph.text.split(chr(10), 1)[1])}```\n\n"
        f"```text\n{printed(graph)}```\n\n{peer_section(f'{graph.family}/{graph.name}')}"
    )


def _shown(text: str) -> str:
    """Control characters as Unicode's pictures of them."""
    return "".join(chr(0x2400 + ord(char)) if char < " " and char not in "\n\t" else char for char in text)


if __name__ == "__main__":
    PAGE.write_text(page())
