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
from iomt.checks.consequences import without_consequences
from iomt.checks.equal_links import equal_links
from iomt.checks.long_name import long_name
from iomt.checks.missing_file import missing_file
from iomt.checks.model_licence import model_licence
from iomt.checks.port_clash import port_clash
from iomt.checks.self_link import self_link
from iomt.checks.task_not_yet import task_not_yet
from iomt.checks.unknown_label import unknown_label
from iomt.checks.unknown_source import unknown_source
from iomt.checks.unpinned_model import unpinned_model
from iomt.checks.unused_node import unused_node
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
    self_link,
    equal_links,
    bad_transport,
    buffer_unit,
    port_clash,
    long_name,
    unused_node,
    missing_file,
    task_not_yet,
    model_licence,
    unpinned_model,
)


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
    ruled = [finding for rule in RULES for finding in rule(resolved, source)]
    silencers = _silencers(source)
    told = silencers.apply(early, ruled) if silencers else [*early, *ruled]
    every = ordered(without_consequences(told, source))
    return Checked(None if has_errors(every) else resolved, every, source, catalogue.sources, silencers)


def _silencers(source: SourceText) -> "Silencers | None":
    if "iomt:" not in source.text:  # most graphs have none: they do not even cost an import
        return None
    from iomt.checks.silencers import read_silencers

    return read_silencers(source)
