"""What the README says is so: its commands run, and its picture, tables and outputs are the real ones."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from iomt.catalogue.declared import read_device
from iomt.catalogue.load import builtin_folder
from iomt.cli import VERBS
from iomt.contract import metrics

_ROOT = Path(__file__).parents[1]
_README = (_ROOT / "README.md").read_text("utf-8")
_BIN = Path(sys.executable).parent

_RUN = "iomt run graphs/sorting-line.yaml --for 10s"
RUN_HERE = (
    "iomt --help",
    *(f"iomt {verb} --help" for verb in VERBS),
    "iomt check graphs/sorting-line.yaml",
    "iomt graph graphs/sorting-line.yaml",
    "iomt plan graphs/sorting-line.yaml",
    "iomt compile graphs/sorting-line.yaml",
    "iomt devices",
    "iomt devices show object-detection",
)
RUN_ELSEWHERE = {
    "make demo": ("tests/test_readme.py", "def test_the_demo_ends_with_everything_stored_and_found("),
    "make check": (".ci/run", "make check"),
    ". .venv/bin/activate": ("Makefile", "-m venv"),
    _RUN: ("tests/test_readme.py", "def test_the_run_ends_with_the_books_of_the_links_shown("),
}
"""Commands that take long or change the machine, and the place that runs them: file, text in it."""


def _blocks(language: str, text: str = _README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def _commands() -> list[str]:
    lines = (line.partition("  #")[0].strip() for block in _blocks("sh") for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _first_column(heading: str) -> list[str]:
    """The code in the first column of the table whose heading begins so."""
    rows = _README.split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [row.split("|")[1].strip().strip("`") for row in rows]


def _iomt(*words: str, folder: Path = _ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iomt", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_every_command_is_run_here_or_elsewhere():
    assert sorted(_commands()) == sorted({*RUN_HERE, *RUN_ELSEWHERE})


@pytest.mark.parametrize("command", RUN_HERE)
def test_the_command_ends_well_and_says_something(command):
    done = _iomt(*command.split()[1:])
    assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr


@pytest.mark.parametrize("command", RUN_ELSEWHERE)
def test_the_place_that_runs_the_command_is_there(command):
    file, text = RUN_ELSEWHERE[command]
    assert text in (_ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("graph", sorted((_ROOT / "graphs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_checks_draws_and_compiles(graph):
    name = f"graphs/{graph.name}"
    for verb in ("check", "graph", "plan", "compile"):
        done = _iomt(verb, name)
        assert done.returncode == 0, done.stdout + done.stderr
    assert [each for each in yaml.safe_load_all(done.stdout) if each["kind"] == "Namespace"]


def test_the_graph_shown_is_the_file_without_its_comments():
    (shown,) = _blocks("yaml")
    lines = (_ROOT / "graphs" / "sorting-line.yaml").read_text("utf-8").splitlines(keepends=True)
    assert shown == "".join(line for line in lines if not line.startswith("#"))


def test_the_picture_is_what_iomt_graph_draws():
    """`make picture` draws it again."""
    (file,) = re.findall(r"!\[[^\]]+\]\((docs/[a-z-]+\.svg)\)", _README)
    drawn = _iomt("graph", "graphs/sorting-line.yaml", "--format", "svg").stdout
    assert (_ROOT / file).read_text("utf-8") == drawn


def test_the_books_shown_add_up_and_are_of_the_links_of_the_graph():
    shown = next(block for block in _blocks("text") if "published = delivered" in block)
    rows = [
        re.match(r"(\S+->\S+) +(latest|durable) +(\d+) +(\d+) +(\d+) +(.*)", line)
        for line in shown.splitlines()
        if "->" in line
    ]
    assert len(rows) == len(re.findall(r" -\.?->?", _iomt("graph", "graphs/sorting-line.yaml").stdout))
    for row in rows:
        dropped = sum(map(int, re.findall(r"\d+", row[6])))
        assert int(row[3]) == int(row[4]) + int(row[5]) + dropped, row[0]


def test_the_finding_shown_is_printed_so(tmp_path):
    folder = tmp_path / "graphs"
    folder.mkdir()
    (tmp_path / "devices").symlink_to(_ROOT / "devices")
    text = (_ROOT / "graphs" / "sorting-line.yaml").read_text("utf-8")
    (folder / "sorting-line.yaml").write_text(text.replace("alarm, wall]", "alarm, wal]"))
    shown = next(block for block in _blocks("text") if block.startswith("error["))
    assert shown in _iomt("check", "sorting-line.yaml", folder=folder).stdout


def test_the_tables_name_all_verbs_devices_and_reasons():
    assert _first_column("verb") == [f"iomt {verb}" for verb in VERBS]
    devices = [read_device(str(path))[0] for path in Path(builtin_folder()).glob("*.yaml")]
    assert set(_first_column("device")) == {
        each.name for each in devices if each.kind != "MAnalyzer" or each.is_converter
    }
    for each in devices:
        assert (
            each.name not in _first_column("device")
            or f"| `{each.name}` | {each.kind} | {each.summary} |" in _README
        )
    reasons = {
        metrics.REPLACED, metrics.MAX_RATE, metrics.AWAY, metrics.SHARED, metrics.CRASH,
        metrics.BUFFER_FULL, metrics.TOO_LARGE, metrics.GAVE_UP, metrics.UNREADABLE,
    }  # fmt: skip
    assert set(_first_column("reason")) == reasons


def test_every_page_that_a_document_links_to_is_there():
    documents = [*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.relative_to(_ROOT)}: {target}"


def test_every_package_that_the_project_names_has_its_version_in_the_constraints():
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    names = {re.match(r"[A-Za-z0-9._-]+", each)[0].lower() for each in wanted} - {"iomt"}
    lines = (_ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert names <= {line.partition("==")[0] for line in lines if not line.startswith("#")}


def _make(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *words, *(f"{name}={value}" for name, value in variables.items())]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT, env=surroundings)


def test_a_python_that_is_too_old_is_refused_with_what_to_do(tmp_path):
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\n')
    old.chmod(0o755)
    done = _make(f"{tmp_path}/venv/bin/python", VENV=f"{tmp_path}/venv", PYTHON=str(old))
    assert done.returncode != 0
    assert "iomt needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert f"{old}: Python 3.9.2" in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.slow
def test_the_demo_ends_with_everything_stored_and_found(tmp_path):
    # -o: what is installed here is taken as it is, so that nothing is fetched.
    done = _make("-o", ".venv/.local-installed", "demo", BIN=str(_BIN), DEMO=str(tmp_path / "demo"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "durable links lost 0" in done.stdout
    assert "precision" in done.stdout


@pytest.mark.slow
def test_the_run_ends_with_the_books_of_the_links_shown():
    done = _iomt(*_RUN.split()[1:])
    assert done.returncode == 0, done.stdout + done.stderr
    shown = next(block for block in _blocks("text") if "published = delivered" in block)
    assert _links(done.stdout) == _links(shown)


def _links(text: str) -> list[str]:
    return re.findall(r"^(\S+->\S+) ", text, re.MULTILINE)
