"""The pages of docs/rules: one for each rule, shown by `iomt explain` and carried into SARIF."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class RulePage(NamedTuple):
    """One page: ``text`` is Markdown, ``summary`` its first paragraph on one line."""

    rule: str
    summary: str
    text: str

    @property
    def is_of_another_verb(self) -> bool:
        """Whether `iomt check` does not tell it."""
        return self.summary.startswith("Told by `iomt ")


@lru_cache(maxsize=1)
def page_folder() -> Path:
    """Where the pages are: inside an installed wheel, or in docs at the top of a checkout."""
    here = Path(__file__).resolve()
    packaged = here.parent / "rule_pages"
    return packaged if packaged.is_dir() else here.parents[2] / "docs" / "rules"


def rule_names() -> list[str]:
    """Every rule that has a page, sorted. No page is read for it."""
    return sorted(path.stem for path in page_folder().glob("*.md") if path.stem != "README")


def rule_page(rule: str) -> RulePage | None:
    """The page of a rule, None where there is none."""
    if rule not in rule_names():
        return None
    text = (page_folder() / f"{rule}.md").read_text("utf-8")
    _, _, body = text.partition("\n\n")
    return RulePage(rule, " ".join(body.partition("\n\n")[0].split()), text)
