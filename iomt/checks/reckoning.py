"""The budget of a graph for the rules that need one: most graphs have nothing that does."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding

if TYPE_CHECKING:
    from iomt.budget.budget import Budget


class Reckoning:
    """Adds a graph up when it is first asked."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._budget: Budget | None = None

    @property
    def budget(self) -> "Budget":
        """What the graph will cost."""
        if self._budget is None:
            from iomt.budget.budget import budget

            self._budget = budget(self._resolved)
        return self._budget


BudgetRule = Callable[[Resolved, Reckoning], Iterable[Finding]]
"""A rule about what a graph will cost. Its errors leave a graph that can still be planned and tuned."""
