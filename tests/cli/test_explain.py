"""`iomt explain`, and the formats of `iomt check` for tools."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from iomt.checks.pages import page_folder, rule_names
from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.graphs import GATE, LAKE, graph_text

_ROOT = Path(__file__).parents[2]
_WRONG = graph_text([GATE, LAKE], ["gate -> lkae", "gate -> lake"])


def test_a_rule_is_explained_by_its_page(capsys):
    assert main(["explain", "self-link"]) == OK
    assert capsys.readouterr().out == (_ROOT / "docs" / "rules" / "self-link.md").read_text()


def test_without_a_rule_all_are_listed_with_a_line_each(capsys):
    assert main(["explain"]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == rule_names()
    assert all(len(line.split()) > 2 for line in lines)
    assert any(line.endswith("  What a node gives would come back to it for ever.") for line in lines)


@pytest.mark.parametrize("word", ["selflink", "self_link"])
def test_a_misspelt_rule_suggests_the_nearest_one(word, capsys):
    assert main(["explain", word]) == MISUSE
    expected = f"iomt explain: there is no rule {word}: did you mean self-link?\n"
    assert capsys.readouterr() == ("", expected)


def test_a_word_that_is_near_no_rule_says_how_to_list_them(capsys):
    assert main(["explain", "../rules/self-link"]) == MISUSE
    assert capsys.readouterr().err.endswith("did you mean self-link?\n")
    assert main(["explain", "README"]) == MISUSE
    assert capsys.readouterr().err.endswith("`iomt explain` alone lists them\n")


def test_sarif_carries_the_pages_of_its_rules(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("street.yaml").write_text(_WRONG)
    assert main(["check", "--format", "sarif", "street.yaml"]) == FOUND_ERRORS
    run = json.loads(capsys.readouterr().out)["runs"][0]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "A link ends at a name that no node has."
    assert rule["help"]["markdown"] == (page_folder() / "unknown-node.md").read_text()
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 9


def test_github_gets_the_findings_of_all_files(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("street.yaml").write_text(_WRONG)
    Path("over.yaml").write_text("spec: {nodes: {gate: {sit: a}}}")
    assert main(["check", "--format", "github", "street.yaml", "over.yaml"]) == FOUND_ERRORS
    files = [line.partition(",")[0] for line in capsys.readouterr().out.splitlines()]
    assert files == ["::error file=over.yaml", "::error file=street.yaml"]


def test_the_pages_are_in_the_wheel(tmp_path):
    pytest.importorskip("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, cwd=_ROOT)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"iomt/checks/rule_pages/{rule}.md" for rule in rule_names()} <= names
