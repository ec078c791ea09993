"""A file as text, and what can be wrong with it before it is YAML."""

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from iomt.diagnostics.finding import Finding, Severity, Span

LARGEST = 16 * 2**20
"""Bytes; they bound what text and comments may take."""
MOST_VALUES = 250_000
"""Words, maps and lists of one file, and its lines: a graph of 20,000 nodes, each with its link, fits."""

LINE_BREAK = "\r\n|[\n\r\x85\u2028\u2029]"
"""What YAML counts as the end of a line; compiled only where something is told or formatted."""
_BOMS_OF_OTHERS = (b"\xff\xfe", b"\xfe\xff")


class SourceText(NamedTuple):
    """The text of one file; ``path`` as the user gave it, empty text where it cannot be read.

    ``others`` are the files that are one graph with it, where it is the first.
    """

    path: str
    text: str
    others: tuple["SourceText", ...] = ()

    def of(self, file: str) -> "SourceText | None":
        """Itself or the one of its others that spans call so."""
        return next((each for each in (self, *self.others) if each.path == file), None)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends, counted as YAML counts them."""
        return _split(self.text)

    def start(self) -> Span:
        """The first character: where findings stand that concern the whole file."""
        return Span(self.path, 1, 1, 1, 2)


@lru_cache(maxsize=8)
def _split(text: str) -> tuple[str, ...]:
    """Each finding asks for the lines of its file again."""
    return tuple(re.split(LINE_BREAK, text))


def read_source(path: str) -> tuple[SourceText, list[Finding]]:
    """Read a file as UTF-8, without a byte order mark; the text is empty when that fails."""
    nothing = SourceText(path, "")
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        return nothing, [Finding("unreadable-file", *_unreadable(path, error))]
    if len(data) > LARGEST:
        message = f"{path} is larger than {LARGEST // 2**20} MiB"
        return nothing, [Finding("too-large", message, nothing.start(), "is this the right file?")]
    findings = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        findings.append(
            Finding(
                "byte-order-mark",
                f"{path} begins with a byte order mark, which other tools may trip over",
                nothing.start(),
                "save it as UTF-8 without BOM",
                severity=Severity.WARNING,
            )
        )
    try:
        source = SourceText(path, data.decode())
    except UnicodeDecodeError as error:
        return nothing, [*findings, _not_utf8(path, data, error)]
    if _has_too_many_lines(source.text):
        message = f"{path} has more than {MOST_VALUES:,} lines"
        return nothing, [*findings, Finding("too-large", message, nothing.start(), "is this the right file?")]
    if not source.text.strip():
        findings.append(
            Finding("empty-file", f"{path} is empty", source.start(), "begin with `apiVersion: iomt.dev/v1`")
        )
    return source, findings


def _has_too_many_lines(text: str) -> bool:
    """Counted without splitting it; a line break of two characters is looked at again."""
    if len(text) <= MOST_VALUES:
        return False
    if sum(text.count(end) for end in "\n\r\x85\u2028\u2029") <= MOST_VALUES:
        return False
    return sum(1 for _ in islice(re.finditer(LINE_BREAK, text), MOST_VALUES + 1)) > MOST_VALUES


def _unreadable(path: str, error: OSError | ValueError) -> tuple[str, Span, str]:
    place = Span(path, 1, 1, 1, 2)
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path}", place, "check the path; it is relative to the current folder"
    if isinstance(error, IsADirectoryError):
        return f"{path} is a folder", place, "give the path of a graph file inside it"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"{path} cannot be read: {reason}", place, "check the path and who may read it"


def _not_utf8(path: str, data: bytes, error: UnicodeDecodeError) -> Finding:
    if data.startswith(_BOMS_OF_OTHERS):
        message, place = f"{path} is UTF-16, not UTF-8", Span(path, 1, 1, 1, 2)
    else:
        before = data[: error.start].decode()
        lines = re.split(LINE_BREAK, before)
        line, column = len(lines), len(lines[-1]) + 1
        message = f"{path} is not UTF-8: byte 0x{data[error.start]:02x} makes no character"
        place = Span(path, line, column, line, column + 1)
    return Finding("not-utf8", message, place, "save the file as UTF-8")
