"""docs/rules: a page for every rule, whose bad example has the finding and whose good one has none."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from iomt.checks import check
from iomt.diagnostics.order import has_errors

_ROOT = Path(__file__).parents[2]
_PAGES = [page for page in sorted((_ROOT / "docs" / "rules").glob("*.md")) if page.stem != "README"]
_CHECKED = [page for page in _PAGES if "\n\nTold by `iomt " not in page.read_text()]
"""The rules of `iomt check`; the other pages say which verb tells them, and no file alone has them."""
_BLOCK = re.compile(r"```(sh|yaml)\n(.*?)```", re.DOTALL)
_RULE_ARGUMENT = {"Finding": 0, "note": 0, "_note": 0, "choice": 2}


def _example(page: Path, section: str) -> list[tuple[str, str]]:
    text = page.read_text()
    after = text.split(f"\n## {section}\n", 1)[1]
    return _BLOCK.findall(after.split("\n## ", 1)[0])


def _findings(page, section, folder):
    blocks = _example(page, section)
    assert blocks
    for language, text in sorted(blocks, reverse=True):
        if language == "yaml":
            (folder / "graph.yaml").write_text(text)
        else:
            subprocess.run(["sh", "-c", text], cwd=folder, check=True)
    overlays = sorted(folder.glob("overlay.yaml"))  # a rule about two files makes another
    return check(*map(str, (folder / "graph.yaml", *overlays))).findings


@pytest.mark.parametrize("page", _CHECKED, ids=lambda page: page.stem)
def test_the_bad_example_has_the_finding_and_the_good_one_has_no_error(page, tmp_path):
    bad, good = tmp_path / "bad", tmp_path / "good"
    bad.mkdir()
    good.mkdir()
    assert page.stem in {each.rule for each in _findings(page, "Bad", bad)}
    fine = _findings(page, "Good", good)
    assert page.stem not in {each.rule for each in fine}
    assert not has_errors(fine)


def test_every_rule_that_the_code_emits_has_a_page_and_every_page_a_rule():
    assert _emitted() == {page.stem for page in _PAGES}


def test_the_list_of_rules_names_every_page():
    text = (_ROOT / "docs" / "rules" / "README.md").read_text()
    assert set(re.findall(r"\]\(([a-z0-9-]+)\.md\)", text)) == {page.stem for page in _PAGES}


def _emitted() -> set[str]:
    found = set()
    for package in ("language", "catalogue", "checks"):
        for path in (_ROOT / "iomt" / package).glob("*.py"):
            found |= _rules_in(ast.parse(path.read_text()), _RULE_ARGUMENT)
    for package in ("targets", "local"):  # where `note` is something else
        for path in (_ROOT / "iomt" / package).rglob("*.py"):
            found |= _rules_in(ast.parse(path.read_text()), {"Finding": 0})
    return found


def _rules_in(module: ast.Module, positions: dict[str, int]) -> set[str]:
    constants = {
        target.id: value.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target, value in zip(_parts(node.targets[0]), _parts(node.value), strict=False)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant)
    }
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            position = positions.get(name)
            if position is None or len(node.args) <= position:
                continue
            argument = node.args[position]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
            elif isinstance(argument, ast.Name) and argument.id in constants:
                found.add(constants[argument.id])
    return found | ({"bad-value"} if "choice" in ast.unparse(module) else set())


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]
