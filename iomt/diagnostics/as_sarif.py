"""Findings as SARIF 2.1.0 (OASIS), which code scanners and editors read."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.diagnostics.order import ordered

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}


@dataclass(frozen=True, slots=True)
class RuleText:
    """What is told of a rule: a sentence, and a page of Markdown."""

    summary: str
    markdown: str


def render(findings: Iterable[Finding], describe: Callable[[str], RuleText | None], version: str) -> str:
    """One run; ``describe`` gives the text of a rule, ``version`` is that of iomt."""
    every = ordered(findings)
    rules = sorted({each.rule for each in every})
    driver = {"name": "iomt", "version": version, "rules": [_rule(each, describe(each)) for each in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.rule)) for each in every],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(rule: str, text: RuleText | None) -> dict[str, Any]:
    if text is None:
        return {"id": rule}
    help_text = {"text": text.markdown, "markdown": text.markdown}
    return {"id": rule, "shortDescription": {"text": text.summary}, "help": help_text}


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    text = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding.span)],
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": each.message}, **_location(each.span)}
            for number, each in enumerate(finding.related, start=1)
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": region}}


def _uri(file: str) -> str:
    """A relative path stays one, so that it means the same on another machine."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path))
