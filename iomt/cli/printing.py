"""How a verb shows what the front end found."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from iomt.catalogue.load import Catalogue
from iomt.checks import Checked
from iomt.diagnostics import as_json, text
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import has_errors, ordered, summary


def print_findings(
    checked: Checked,
    findings: Iterable[Finding] | None = None,
    *,
    quiet: bool = False,
    stream: TextIO | None = None,
) -> bool:
    """Print a graph's findings for people, on standard error by default; whether one is an error.

    ``findings`` are printed instead of the graph's own. ``quiet`` leaves out the line which says
    that there is nothing to say.
    """
    every = checked.findings if findings is None else list(findings)
    out = sys.stderr if stream is None else stream
    out.write(text.render(every, checked.lines, colour=_has_colour(out)))
    if every:
        out.write(f"{checked.source.path}: {summary(every)}\n")
    elif checked.resolved and not quiet:
        nodes, links = len(checked.resolved.nodes), len(checked.resolved.links)
        out.write(
            f"{checked.source.path}: {_number(nodes, 'node')}, {_number(links, 'link')}, nothing to say\n"
        )
    return has_errors(every)


def print_declared(findings: Iterable[Finding], catalogue: Catalogue) -> bool:
    """Print what is wrong with the user's declarations, on standard error; whether one is an error."""
    every = ordered(findings)
    sources = catalogue.sources
    shown = text.render(
        every, lambda file: sources[file].lines if file in sources else (), colour=_has_colour(sys.stderr)
    )
    sys.stderr.write(shown)
    return has_errors(every)


def print_json(every: Iterable[Checked], stream: TextIO) -> None:
    """Print the findings of several graphs as one JSON document."""
    stream.write(as_json.render(finding for checked in every for finding in checked.findings))


def _has_colour(stream: TextIO) -> bool:
    """On a terminal, unless NO_COLOR (no-color.org) is set to anything or it is a dumb one."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
