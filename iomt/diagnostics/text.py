"""Findings for people: the message, the place, the source lines with carets under what is meant.

error[unknown-node]: there is no node called lobbby
  --> street.yaml:12:13
   |
12 |     - "gate, lobbby -> lake"
   |              ^^^^^^
   = help: did you mean lobby?
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from iomt.diagnostics.finding import Finding, Severity, Span
from iomt.diagnostics.masking import masked_line, stars
from iomt.diagnostics.order import ordered

Lines = Callable[[str], Sequence[str]]
"""The lines of a file by the name that spans use; empty where there are none."""

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.HINT: "36"}
_BLUE, _BOLD = "34", "1"
_WIDEST = 160
"""Columns of a source line that are shown; a longer one is cut around its carets."""
_LOOKED_AT = 2_500
"""Characters on both sides of the carets in which passwords are looked for, where a line is very long."""


def render(findings: Iterable[Finding], lines: Lines, *, colour: bool = False) -> str:
    """Every finding in order, one empty line between two; ends with a newline unless empty."""
    every = ordered(findings)
    lines = _without_secrets(lines, [span for each in every for span in each.secret])
    return "".join(render_one(each, lines, colour=colour) + "\n" for each in every)


def render_one(finding: Finding, lines: Lines, *, colour: bool = False) -> str:
    """One finding, without the empty line after it."""
    paint = _paint if colour else _plain
    shade = _COLOURS[finding.severity]
    every = [finding.span, *(each.span for each in finding.related)]
    margin = " " * len(str(max(span.line for span in every)))
    bar = paint("|", _BLUE)
    title = paint(f"{finding.severity.value}[{finding.rule}]", f"{_BOLD};{shade}")
    out = [f"{title}{paint(': ' + _visible(finding.message), _BOLD)}"]
    out.append(f"{margin}{paint('-->', _BLUE)} {finding.span}")
    out += _excerpt(finding.span, lines, "^", margin, shade, paint)
    for related in finding.related:
        out.append(f"{margin}{paint(':::', _BLUE)} {related.span} {_visible(related.message)}")
        out += _excerpt(related.span, lines, "-", margin, _BLUE, paint)
    if finding.help:
        if len(out) > 2:
            out.append(f"{margin} {bar}")
        out.append(f"{margin} {paint('=', _BLUE)} {paint('help:', _BOLD)} {_visible(finding.help)}")
    return "\n".join(out) + "\n"


def _excerpt(
    span: Span, lines: Lines, mark: str, margin: str, shade: str, paint: Callable[[str, str], str]
) -> list[str]:
    every = lines(span.file)
    if not 1 <= span.line <= len(every):
        return []
    line = every[span.line - 1]
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    end = max(min(end, len(line)), start + 1)
    line, start, end = _masked(line, start, end)
    line, start, end = _cut(line, start, end)
    before, under = _columns(line[:start]), max(_columns(line[start:end]), 1)
    bar = paint("|", _BLUE)
    number = paint(str(span.line).rjust(len(margin)), _BLUE)
    shown = _visible(line).rstrip()
    carets = paint(mark * under, shade)
    return [f"{margin} {bar}", f"{number} {bar} {shown}", f"{margin} {bar} {' ' * before}{carets}"]


def _without_secrets(lines: Lines, secrets: Sequence[Span]) -> Lines:
    if not secrets:
        return lines
    shown: dict[str, list[str]] = {}
    for span in secrets:
        every = shown.setdefault(span.file, list(lines(span.file)))
        for number in range(span.line, min(span.end_line, len(every)) + 1):
            start = span.column - 1 if number == span.line else 0
            end = span.end_column - 1 if number == span.end_line else len(every[number - 1])
            every[number - 1] = stars(every[number - 1], start, end)
    return lambda file: shown[file] if file in shown else lines(file)


def _masked(line: str, start: int, end: int) -> tuple[str, int, int]:
    """The line without passwords; of a very long one, what stands around the carets."""
    if len(line) <= 4 * _LOOKED_AT:
        return masked_line(line), start, end
    left = max(0, start - _LOOKED_AT)
    window = masked_line(line[left : start + 2 * _LOOKED_AT])
    return window, start - left, min(end - left, len(window))


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A window of the line that holds the start of what is marked."""
    if len(line) <= _WIDEST:
        return line, start, end
    left = max(0, min(start - _WIDEST // 3, len(line) - _WIDEST))
    window = line[left : left + _WIDEST]
    start, end = start - left, min(end - left, len(window))
    if left + _WIDEST < len(line):
        window += "..."
    return (f"...{window}", start + 3, end + 3) if left else (window, start, end)


def _visible(text: str) -> str:
    """A tab as four columns; control characters as a dot, so that a file cannot steer a terminal."""
    return "".join(
        "    " if char == "\t" else "·" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char
        for char in text
    )


def _columns(text: str) -> int:
    """How wide the text is on a terminal."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if char == "\t":
        return 4
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m"


def _plain(text: str, code: str) -> str:
    return text
