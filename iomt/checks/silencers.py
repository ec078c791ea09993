"""Silencers: ``# iomt: allow RULE because REASON`` at the end of the line where a finding begins.

What makes a graph unusable cannot be silenced: every error that is found before the rules run
(syntax, types, unknown names), and those of the rules in `UNUSABLE`. Warnings and hints always can.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from iomt.checks.pages import rule_names, rule_page
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.diagnostics.order import has_errors
from iomt.language.comments import read_comments
from iomt.language.source import SourceText
from iomt.language.suggest import cure

UNUSABLE = frozenset(
    {
        "bad-condition",
        "bad-option",
        "bad-quantity",
        "bad-transport",
        "buffer-unit",
        "cycle",
        "equal-links",
        "long-name",
        "port-clash",
        "self-link",
        "task-not-yet",
        "unknown-site",
    }
)
"""Rules whose errors leave something that cannot run or cannot be counted."""

_START = re.compile(r"#\s*iomt:\s*")
_ALLOW = re.compile(r"allow\s+(?P<rules>[\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+because(?P<reason>.*))?")
_WORD = re.compile(r"[\w-]+")
_HOW = "write # iomt: allow RULE because REASON"


@dataclass(frozen=True, slots=True)
class Silencer:
    """One rule, allowed with a reason; ``span`` is where it is named, on the line that it is for."""

    rule: str
    span: Span


@dataclass(frozen=True, slots=True)
class Silencers:
    """Those of one file, and what is wrong with how they are written."""

    every: tuple[Silencer, ...] = ()
    findings: tuple[Finding, ...] = ()

    def apply(self, early: Iterable[Finding], ruled: Iterable[Finding]) -> list[Finding]:
        """What is told of a graph: ``early`` was found before the rules ran, ``ruled`` by them.

        The findings that are not silenced, and those about the silencers themselves.
        """
        early, ruled = list(early), list(ruled)
        kept = [*self.keep_early(early), *self._keep(ruled, _leaves_unusable)]
        return [*kept, *self.findings, *self._examine([*early, *ruled], kept)]

    def keep_early(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of findings whose errors are all firm: found before the rules, or by another verb."""
        return self._keep(findings, _is_error)

    def _keep(self, findings: Iterable[Finding], is_firm: Callable[[Finding], bool]) -> list[Finding]:
        places = {_place(each) for each in self.every}
        return [each for each in findings if is_firm(each) or _place(each) not in places]

    def _examine(self, findings: Iterable[Finding], kept: list[Finding]) -> Iterator[Finding]:
        """Silencers that cannot do what they say, or have nothing to do."""
        found, firm = {_place(each) for each in findings}, {_place(each): each for each in kept}
        complete = not has_errors(kept)  # after an error some findings may not have been looked for
        for silencer in self.every:
            if _place(silencer) in firm:
                yield _cannot(silencer, firm[_place(silencer)])
            elif complete and _place(silencer) not in found:
                yield from _unused(silencer)


def _place(each: Silencer | Finding) -> tuple[str, str, int]:
    """What a silencer and the findings that it silences have in common."""
    return each.rule, each.span.file, each.span.line


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _leaves_unusable(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.rule in UNUSABLE


def read_silencers(source: SourceText) -> Silencers:
    """The silencers of a graph file that YAML can read."""
    known = rule_names()
    every: list[Silencer] = []
    findings: list[Finding] = []
    for comment in read_comments(source):
        start = _START.match(comment.text)
        if not start:
            continue
        whole = comment.span(source.path)
        allow = _ALLOW.fullmatch(comment.text, start.end())
        if not allow:
            message = "a comment that begins with iomt: is a silencer, and this cannot be read as one"
            findings.append(Finding("bad-silencer", message, whole, _HOW, severity=Severity.WARNING))
        elif not (allow["reason"] or "").strip():
            message = f"{allow['rules']} is allowed here without a reason, so it is not"
            findings.append(Finding("silencer-without-reason", message, whole, _HOW))
        else:
            for word in _WORD.finditer(comment.text, *allow.span("rules")):
                span = comment.span(source.path, word.start(), len(word[0]))
                if word[0] in known:
                    every.append(Silencer(word[0], span))
                else:
                    help_text = cure(word[0], known, "`iomt explain` lists the rules")
                    message = f"there is no rule called {word[0]}"
                    findings.append(Finding("unknown-rule", message, span, help_text))
    return Silencers(tuple(every), tuple(findings))


def _cannot(silencer: Silencer, finding: Finding) -> Finding:
    message = f"{silencer.rule} cannot be silenced: the graph cannot be used with it"
    related = (Related(finding.span, "this is what is wrong"),)
    return Finding("cannot-silence", message, silencer.span, "mend it, and remove this comment", related)


def _unused(silencer: Silencer) -> Iterator[Finding]:
    page = rule_page(silencer.rule)
    if page and page.is_of_another_verb:
        return  # `iomt run` or `iomt compile` may need it
    message = f"no finding {silencer.rule} begins on this line"
    help_text = "remove it, or put it at the end of the line to which the finding points"
    yield Finding("unused-silencer", message, silencer.span, help_text, severity=Severity.WARNING)
