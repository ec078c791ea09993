"""The order and the counts of findings, the same for every way of printing."""

from collections.abc import Iterable

from iomt.diagnostics.finding import Finding, Severity
from iomt.diagnostics.masking import masked

MOST_SHOWN = 1_000
_LONGEST, _LOOKED_AT = 400, 4_000
"""Characters of what a finding says: it may quote a whole file."""


def bounded(findings: Iterable[Finding]) -> list[Finding]:
    """The first thousand, errors before all else, and how many more there are."""
    every = list(findings)
    if len(every) <= MOST_SHOWN:
        return every
    every.sort(key=lambda each: (each.severity is not Severity.ERROR, each.span))
    kept, others = every[:MOST_SHOWN], every[MOST_SHOWN:]
    message = f"{len(others):,} more findings are not shown"
    help_text = "mend the others first"
    return [*kept, Finding("too-large", message, others[0].span, help_text, severity=Severity.WARNING)]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """By file, line, column, rule, message: the order in which a reader meets them. No doubles.

    Passwords of URLs are masked in what they say: this is where everything passes that is shown.
    """
    every = dict.fromkeys(_without_passwords(each) for each in findings)
    return sorted(every, key=lambda each: (each.span, each.rule, each.message))


def _without_passwords(finding: Finding) -> Finding:
    if _is_plain(finding.message) and _is_plain(finding.help) and not finding.related:
        return finding
    return finding._replace(
        message=_shown(finding.message),
        help=_shown(finding.help),
        related=tuple(each._replace(message=_shown(each.message)) for each in finding.related),
    )


def _is_plain(text: str) -> bool:
    return len(text) <= _LONGEST and "://" not in text


def _shown(text: str) -> str:
    text = masked(text[:_LOOKED_AT])  # more than is shown, so that the end of an address is seen
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


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
