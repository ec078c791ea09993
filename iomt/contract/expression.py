"""The parts of a condition over a result, as `iomt.contract.condition.parse` reads them."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

from iomt.contract.results import Result

EVERYTHING = "*"
"""The label that every item has."""

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A fixed number."""

    value: float

    def of(self, _: Result) -> float:
        """The number itself."""
        return self.value


@dataclass(frozen=True, slots=True)
class Count:
    """How many items have the label and at least this score."""

    label: str
    least_score: float = 0.0

    def of(self, result: Result) -> float:
        """The number of such items in this result."""
        return sum(_has(item.label, self.label) and item.score >= self.least_score for item in result.items)


@dataclass(frozen=True, slots=True)
class Score:
    """The highest score of the label, 0 where there is none."""

    label: str

    def of(self, result: Result) -> float:
        """The highest score in this result."""
        return max((item.score for item in result.items if _has(item.label, self.label)), default=0.0)


Amount = Number | Count | Score


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two amounts and what must hold between them."""

    left: Amount
    sign: str
    right: Amount

    def holds(self, result: Result) -> bool:
        """Whether it is true of this result."""
        return _COMPARE[self.sign](self.left.of(result), self.right.of(result))


@dataclass(frozen=True, slots=True)
class SourceIs:
    """Whether the result comes from the sensor of this name."""

    name: str

    def holds(self, result: Result) -> bool:
        """Whether it is true of this result."""
        return result.source == self.name


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    term: "Expression"

    def holds(self, result: Result) -> bool:
        """Whether it is true of this result."""
        return not self.term.holds(result)


@dataclass(frozen=True, slots=True)
class All:
    """`and`."""

    terms: tuple["Expression", ...]

    def holds(self, result: Result) -> bool:
        """Whether it is true of this result."""
        return all(term.holds(result) for term in self.terms)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`or`."""

    terms: tuple["Expression", ...]

    def holds(self, result: Result) -> bool:
        """Whether it is true of this result."""
        return any(term.holds(result) for term in self.terms)


Expression = Comparison | SourceIs | Not | All | AnyOf


def _has(label: str, wanted: str) -> bool:
    return wanted in (label, EVERYTHING)
