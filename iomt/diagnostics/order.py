"""The order and the counts of findings, the same for every way of printing."""

from collections.abc import Iterable

from iomt.diagnostics.finding import Finding, Severity
from iomt.diagnostics.masking import masked


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """By file, line, column, rule, message: the order in which a reader meets them. No doubles.

    Passwords of URLs are masked in what they say: this is where everything passes that is shown.
    """
    every = dict.fromkeys(_without_passwords(each) for each in findings)
    return sorted(every, key=lambda each: (each.span, each.rule, each.message))


def _without_passwords(finding: Finding) -> Finding:
    if "://" not in finding.message and "://" not in finding.help and not finding.related:
        return finding
    return finding._replace(
        message=masked(finding.message),
        help=masked(finding.help),
        related=tuple(each._replace(message=masked(each.message)) for each in finding.related),
    )


def count(findings: Iterable[Finding], severity: Severity) -> int:
    """How many findings are of this severity."""
    return sum(each.severity is severity for each in findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether anything among them stops `run` and `compile`."""
    return any(each.severity is Severity.ERROR for each in findings)


def summary(findings: Iterable[Finding]) -> str:
    """``2 errors, 1 warning``; empty without findings."""
    every = list(findings)
    counts = ((count(every, severity), severity.value) for severity in Severity)
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts if number)
