"""How a verb shows what the front end found."""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from iomt.catalogue.load import Catalogue
from iomt.checks import Checked
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import has_errors, ordered, summary

if TYPE_CHECKING:
    from iomt.diagnostics.as_sarif import RuleText


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
    if every:
        from iomt.diagnostics import text

        out.write(text.render(every, checked.lines, colour=_has_colour(out)))
        out.write(f"{checked.files}: {summary(every)}\n")
    elif checked.resolved and not quiet:
        nodes, links = len(checked.resolved.nodes), len(checked.resolved.links)
        out.write(f"{checked.files}: {_number(nodes, 'node')}, {_number(links, 'link')}, nothing to say\n")
    return has_errors(every)


def print_declared(findings: Iterable[Finding], catalogue: Catalogue) -> bool:
    """Print what is wrong with the user's declarations, on standard error; whether one is an error."""
    every = ordered(findings)
    from iomt.diagnostics import text

    sources = catalogue.sources
    shown = text.render(
        every, lambda file: sources[file].lines if file in sources else (), colour=_has_colour(sys.stderr)
    )
    sys.stderr.write(shown)
    return has_errors(every)


def print_for_programs(checked: Checked, form: str, stream: TextIO) -> None:
    """Print a graph's findings as ``json``, ``sarif`` or ``github``."""
    findings = checked.findings
    if form == "sarif":
        from iomt import __version__
        from iomt.diagnostics import as_sarif

        stream.write(as_sarif.render(findings, _rule_text, __version__))
    elif form == "github":
        from iomt.diagnostics import as_github

        stream.write(as_github.render(findings))
    else:
        from iomt.diagnostics import as_json

        stream.write(as_json.render(findings))


def _rule_text(rule: str) -> "RuleText | None":
    from iomt.checks.pages import rule_page
    from iomt.diagnostics.as_sarif import RuleText

    page = rule_page(rule)
    return RuleText(page.summary, page.text) if page else None


def _has_colour(stream: TextIO) -> bool:
    """On a terminal, unless NO_COLOR (no-color.org) is set to anything or it is a dumb one."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
