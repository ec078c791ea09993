"""A finding is data: what is wrong, where, and what to do about it."""

from enum import Enum
from typing import NamedTuple


class Severity(Enum):
    """How bad: an error stops `run` and `compile`, a warning and a hint do not."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


# A named tuple: a large graph has hundreds of thousands of them.
class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1; ``end_column`` is one past the last."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def origin(self) -> str:
        """The file and the line in which it begins, for people."""
        return f"{self.file}:{self.line}"


class Related(NamedTuple):
    """A second place that explains the first."""

    span: Span
    message: str


class Finding(NamedTuple):
    """``rule`` is the stable id (kebab-case, one per kind of mistake); ``help`` says what to do.

    ``secret`` is what must not be seen when source lines are printed, with this finding or another.
    Passwords that can be told from the text alone are masked in all that is printed anyhow.
    """

    rule: str
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR
    secret: tuple[Span, ...] = ()
