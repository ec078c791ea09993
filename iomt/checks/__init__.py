"""One rule a file; the tuple in order lists them. `check` is the whole front end in one call."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from iomt.catalogue.load import load_catalogue
from iomt.catalogue.resolve import resolve
from iomt.catalogue.resolved import Resolved
from iomt.checks.bad_condition import bad_condition
from iomt.checks.bad_option import bad_option
from iomt.checks.bad_quantity import bad_quantity
from iomt.checks.bad_transport import bad_transport
from iomt.checks.buffer_unit import buffer_unit
from iomt.checks.clear_credential import clear_credential
from iomt.checks.consequences import without_consequences
from iomt.checks.cycle import cycle
from iomt.checks.equal_links import equal_links
from iomt.checks.feedback_loop import feedback_loop
from iomt.checks.latest_into_lake import latest_into_lake
from iomt.checks.long_name import long_name
from iomt.checks.missing_file import missing_file
from iomt.checks.model_licence import model_licence
from iomt.checks.once import told_once
from iomt.checks.port_clash import port_clash
from iomt.checks.self_link import self_link
from iomt.checks.task_not_yet import task_not_yet
from iomt.checks.unknown_label import unknown_label
from iomt.checks.unknown_site import unknown_site
from iomt.checks.unknown_source import unknown_source
from iomt.checks.unpinned_model import unpinned_model
from iomt.checks.unreached_node import unreached_node
from iomt.checks.unread_analyzer import unread_analyzer
from iomt.checks.unused_node import unused_node
from iomt.checks.unwritten_storage import unwritten_storage
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import has_errors, ordered
from iomt.language import read
from iomt.language.source import SourceText

if TYPE_CHECKING:
    from iomt.checks.silencers import Silencers

Rule = Callable[[Resolved, SourceText], Iterable[Finding]]
"""Takes a graph whose names are resolved and the text it was read from."""

RULES: tuple[Rule, ...] = (
    bad_option,
    bad_quantity,
    bad_condition,
    unknown_label,
    unknown_source,
    unknown_site,
    self_link,
    cycle,
    feedback_loop,
    equal_links,
    bad_transport,
    buffer_unit,
    latest_into_lake,
    port_clash,
    long_name,
    clear_credential,
    missing_file,
    task_not_yet,
    model_licence,
    unpinned_model,
)


RULES_OF_ABSENCE: tuple[Rule, ...] = (unused_node, unreached_node, unwritten_storage, unread_analyzer)
"""Those that tell of links which are not there; silent where a link could not be read."""

_LOSE_LINKS = frozenset(
    {"bad-arrow", "bad-yaml", "duplicate-key", "missing-key", "too-large", "unknown-node", "wrong-type"}
)
"""Findings after which what seems to be missing may stand in the file."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the front end makes of one file. ``resolved`` is None where there is an error."""

    resolved: Resolved | None
    findings: list[Finding]
    source: SourceText
    others: dict[str, SourceText] = field(default_factory=dict)
    silencers: "Silencers | None" = None

    def lines(self, file: str) -> Sequence[str]:
        """The lines of a file that findings name, for printing them."""
        source = self.source if file == self.source.path else self.others.get(file)
        return source.lines if source and source.text else ()

    def unsilenced(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those findings of a later phase that the graph's comments do not silence."""
        return self.silencers.keep_early(findings) if self.silencers else list(findings)


def check(path: str) -> Checked:
    """Read, resolve and check a graph file. Never raises for a user's mistake."""
    graph, findings, source = read(path)
    if graph is None:
        return Checked(None, ordered(findings), source)
    catalogue, declared = load_catalogue([Path(path).parent / "devices"])
    resolved, unresolved = resolve(graph, catalogue)
    early = [*findings, *declared, *unresolved]
    whole = not any(each.rule in _LOSE_LINKS for each in early)
    rules = RULES + RULES_OF_ABSENCE if whole else RULES
    ruled = [finding for rule in rules for finding in rule(resolved, source)]
    silencers = _silencers(source)
    told = silencers.apply(early, ruled) if silencers else [*early, *ruled]
    every = ordered(without_consequences(told_once(told, graph)))
    return Checked(None if has_errors(every) else resolved, every, source, catalogue.sources, silencers)


def _silencers(source: SourceText) -> "Silencers | None":
    if "iomt:" not in source.text:  # most graphs have none: they do not even cost an import
        return None
    from iomt.checks.silencers import read_silencers

    return read_silencers(source)
