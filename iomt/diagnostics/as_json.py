"""Findings for programs: one stable JSON document."""

import json
from collections.abc import Iterable
from typing import Any

from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.diagnostics.order import count, ordered


def render(findings: Iterable[Finding]) -> str:
    """``{"findings": [...], "errors": n, "warnings": n}``, indented, in the order of the files."""
    every = ordered(findings)
    document = {
        "findings": [_finding(each) for each in every],
        "errors": count(every, Severity.ERROR),
        "warnings": count(every, Severity.WARNING),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    related = [{"message": each.message, **_place(each.span)} for each in finding.related]
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "help": finding.help,
        **_place(finding.span),
        "related": related,
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
