"""A finding is data: what is wrong, where, and what to do about it."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from iomt.diagnostics.masking import masked


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


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that explains the first."""

    span: Span
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` is the stable id (kebab-case, one per kind of mistake); ``help`` says what to do.

    ``secret`` is what must not be seen when source lines are printed, with this finding or another.
    Passwords that can be told from the text alone are masked here and in what is printed anyhow.
    """

    rule: str
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR
    secret: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))
        object.__setattr__(self, "help", masked(self.help))
