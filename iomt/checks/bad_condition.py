"""A `when` that cannot be read."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.conditions import written_conditions
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText


def bad_condition(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Points at the very characters that the condition language does not understand."""
    for written in written_conditions(resolved):
        from iomt.contract.condition import BadCondition, parse  # most graphs need it not

        try:
            parse(written.text)
        except BadCondition as error:
            span = written.place(source, error.offset, error.length)
            yield Finding(
                "bad-condition",
                f"{written.option}: {error.message}",
                span,
                "such as count(person) > 2 for 3s",
            )
