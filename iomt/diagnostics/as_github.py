"""Findings as workflow commands of GitHub Actions, which shows them beside the changed lines."""

from collections.abc import Iterable, Iterator

from iomt.diagnostics.finding import Finding, Severity
from iomt.diagnostics.order import ordered

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_IN_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_MESSAGE, ":": "%3A", ",": "%2C"}


def render(findings: Iterable[Finding]) -> str:
    """A line for each finding: ``::error file=..,line=..,title=..::message``."""
    return "".join(_command(each) + "\n" for each in ordered(findings))


def _command(finding: Finding) -> str:
    properties = ",".join(
        f"{name}={_escaped(str(value), _IN_PROPERTY)}" for name, value in _properties(finding)
    )
    lines = [finding.message, *(f"{each.span} {each.message}" for each in finding.related)]
    if finding.help:
        lines.append(f"help: {finding.help}")
    return f"::{_COMMANDS[finding.severity]} {properties}::{_escaped(chr(10).join(lines), _IN_MESSAGE)}"


def _properties(finding: Finding) -> Iterator[tuple[str, str | int]]:
    span = finding.span
    yield "file", span.file
    yield "line", span.line
    yield "endLine", span.end_line
    if span.line == span.end_line:  # GitHub refuses columns over several lines
        yield "col", span.column
        yield "endColumn", span.end_column
    yield "title", f"iomt {finding.rule}"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
