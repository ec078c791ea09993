"""What libyaml says about broken YAML, in plain words and with a cure."""

from typing import Any

from yaml import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from iomt.diagnostics.finding import Finding, Related, Span
from iomt.language.source import SourceText

_INDENT = (
    "check the indentation: the keys of one map begin in the same column, and so do the dashes of a list"
)
_EXPLANATIONS = (
    # (part of libyaml's problem, message, help); the first that matches
    (
        "mapping values are not allowed",
        "a second `: ` on one line",
        "put the text in quotes if the colon belongs to it, or check the indentation of this line",
    ),
    (
        "could not find expected ':'",
        "a key without a colon",
        "write `key: value`, with a space after the colon",
    ),
    (
        "did not find expected ',' or ']'",
        "a list in [ ] is not continued or closed",
        "a comma or a ] is missing before this place",
    ),
    (
        "did not find expected ',' or '}'",
        "a map in { } is not continued or closed",
        "a comma or a } is missing before this place",
    ),
    (
        "found unexpected end of stream",
        "a text in quotes is never closed",
        "close the quote on the same line",
    ),
    (
        "unexpected document indicator",
        "a text in quotes is never closed",
        "close the quote before the line with ---",
    ),
    (
        "unknown escape character",
        "an unknown escape after \\ in a text in double quotes",
        "write \\\\ for a backslash, or use single quotes",
    ),
    (
        "escape",
        "a broken escape in a text in double quotes",
        "write \\\\ for a backslash, or use single quotes",
    ),
    ("did not find expected '-' indicator", "this line does not belong to the list above it", _INDENT),
    ("did not find expected key", "this line does not belong to the map above it", _INDENT),
    (
        "block sequence entries are not allowed",
        "a list begins where it cannot",
        "begin the list on a line of its own: `key:`, then `- item` below it",
    ),
    ("undefined tag handle", "an unknown YAML tag", "put text that begins with ! in quotes"),
    (
        "did not find expected <document start>",
        "something stands after the end of the document",
        "one file holds one graph; a line with less indentation than the first ends it",
    ),
    ("incompatible YAML document", "a %YAML directive of another version", "remove the %YAML line"),
    (
        "alphabetic or numeric character",
        "& or * without a name",
        "put text that begins with & or * in quotes",
    ),
)
_WRONG_AT_ITS_START = ("could not find expected ':'", "found unexpected end of stream")
"""Problems that libyaml notices far behind the place where the mistake is: where the text begins."""
_CANNOT_START = "cannot start any token"
_ARROW_CURE = 'a link that begins with [ stands in quotes: - "[a, b] -> c"'


def explain(error: YAMLError, source: SourceText) -> Finding:
    """The finding for an error of the parser."""
    if isinstance(error, ReaderError):
        return _bad_character(error, source)
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Finding("bad-yaml", f"this is not YAML: {error}", source.start())
    mark, problem = error.problem_mark, error.problem or ""
    lines = source.lines
    line = lines[mark.line] if mark.line < len(lines) else ""
    if tab := _tab(line, mark, problem, source):
        return tab
    message, cure = _words(problem, line, mark.column)
    related: tuple[Related, ...] = ()
    opened = error.context_mark
    if opened is not None and any(part in problem for part in _WRONG_AT_ITS_START):
        return Finding("bad-yaml", message, _rest_of_line(source, opened), cure)
    place = _one_character(source.path, mark)
    if opened is not None and (opened.line, opened.column) != (mark.line, mark.column):
        related = (Related(_one_character(source.path, opened), "it begins here"),)
    if mark.line > 0 and not line.strip():
        place = _end_of_text(source, place)
    return Finding("bad-yaml", message, place, cure, related)


def _words(problem: str, line: str, column: int) -> tuple[str, str]:
    if "- [" in line and "->" in line:
        return "the text after this ] is not part of the list", _ARROW_CURE
    if _CANNOT_START in problem:
        found = line[column : column + 1]
        return f"a value cannot begin with {found}", "put the text in quotes"
    if "did not find expected key" in problem and line[:column].rstrip().endswith(("'", '"')):
        return "something stands after the closing quote", "put the whole text inside the quotes"
    for part, message, cure in _EXPLANATIONS:
        if part in problem:
            return message, cure
    return (
        f"this is not YAML: {problem}",
        "check the indentation, brackets and quotes of this line and the one above",
    )


def _tab(line: str, mark: Any, problem: str, source: SourceText) -> Finding | None:
    """Tabs cause several different problems of the parser; to a person they are one."""
    blank = line[: len(line) - len(line.lstrip())]
    at = blank.find("\t")
    if at < 0 and _CANNOT_START in problem and line[mark.column : mark.column + 1] == "\t":
        at = mark.column
    if at < 0:
        return None
    place = Span(source.path, mark.line + 1, at + 1, mark.line + 1, at + 2)
    return Finding("tab", "a tab stands where YAML wants spaces", place, "use two spaces for each level")


def _end_of_text(source: SourceText, place: Span) -> Span:
    """The end of the last line with something on it, where an error at the end of the file stands."""
    lines = list(source.lines[: place.line])
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return place
    column = len(lines[-1].rstrip()) + 1
    return Span(source.path, len(lines), column, len(lines), column + 1)


def _rest_of_line(source: SourceText, mark: Any) -> Span:
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    end = max(len(line.rstrip()), mark.column + 1)
    return Span(source.path, mark.line + 1, mark.column + 1, mark.line + 1, end + 1)


def _one_character(path: str, mark: Any) -> Span:
    return Span(path, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _bad_character(error: ReaderError, source: SourceText) -> Finding:
    """A control character; the error says where in bytes."""
    before = source.text.encode()[: error.position].decode(errors="ignore")
    lines = SourceText(source.path, before).lines
    line, column = len(lines), len(lines[-1]) + 1
    code = error.character if isinstance(error.character, int) else ord(error.character)
    message = f"the control character U+{code:04X} cannot stand in YAML"
    place = Span(source.path, line, column, line, column + 1)
    return Finding("bad-yaml", message, place, "remove it")
