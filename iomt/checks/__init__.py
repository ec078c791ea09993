"""One rule a file; the tuple in order lists them. `check` is the whole front end in one call."""

import os.path
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from iomt.catalogue.load import load_catalogue
from iomt.catalogue.measured import profiles_path, read_profiles
from iomt.catalogue.resolve import resolve
from iomt.catalogue.resolved import Resolved
from iomt.checks.alarm_replicas import alarm_replicas
from iomt.checks.bad_condition import bad_condition
from iomt.checks.bad_option import bad_option
from iomt.checks.bad_quantity import bad_quantity
from iomt.checks.bad_secret import bad_secret
from iomt.checks.bad_transport import bad_transport
from iomt.checks.buffer_unit import buffer_unit
from iomt.checks.clear_credential import clear_credential
from iomt.checks.cycle import cycle
from iomt.checks.equal_links import equal_links
from iomt.checks.feedback_loop import feedback_loop
from iomt.checks.gpu_missing import gpu_missing
from iomt.checks.lake_overflow import lake_overflow
from iomt.checks.large_message import large_message
from iomt.checks.latency_promise import latency_promise
from iomt.checks.latest_into_lake import latest_into_lake
from iomt.checks.long_name import long_name
from iomt.checks.missing_file import missing_file
from iomt.checks.model_licence import model_licence
from iomt.checks.port_clash import port_clash
from iomt.checks.privacy import privacy
from iomt.checks.reckoning import BudgetRule, Reckoning
from iomt.checks.self_link import self_link
from iomt.checks.sensor_replicas import sensor_replicas
from iomt.checks.site_overload import site_overload
from iomt.checks.slow_analyzer import slow_analyzer
from iomt.checks.task_not_yet import task_not_yet
from iomt.checks.unknown_alarm_rate import unknown_alarm_rate
from iomt.checks.unknown_label import unknown_label
from iomt.checks.unknown_site import unknown_site
from iomt.checks.unknown_source import unknown_source
from iomt.checks.unpinned_model import unpinned_model
from iomt.checks.unreached_node import unreached_node
from iomt.checks.unread_analyzer import unread_analyzer
from iomt.checks.unused_node import unused_node
from iomt.checks.unwritten_storage import unwritten_storage
from iomt.diagnostics.finding import Finding
from iomt.diagnostics.order import bounded, has_errors, ordered
from iomt.language import read, without_garbage_collection
from iomt.language.graph import NOTHING, Graph
from iomt.language.source import SourceText

if TYPE_CHECKING:
    from iomt.checks.silencers import Silencers

Rule = Callable[[Resolved, SourceText], Iterable[Finding]]
"""Takes a graph whose names are resolved and the text it was read from."""

RULES: tuple[Rule, ...] = (
    bad_option,
    bad_quantity,
    bad_secret,
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
    sensor_replicas,
    alarm_replicas,
    gpu_missing,
    privacy,
    long_name,
    clear_credential,
    missing_file,
    task_not_yet,
    model_licence,
    unpinned_model,
)

BUDGET_RULES: tuple[BudgetRule, ...] = (
    slow_analyzer,
    lake_overflow,
    large_message,
    latency_promise,
    unknown_alarm_rate,
    site_overload,
)
"""Rules about what a graph will cost; they come last."""

RULES_OF_ABSENCE: tuple[Rule, ...] = (unused_node, unreached_node, unwritten_storage, unread_analyzer)
"""Those that tell of links which are not there; silent where a link could not be read."""

_LOSE_LINKS = frozenset(
    {"bad-arrow", "bad-yaml", "duplicate-key", "missing-key", "too-large", "unknown-node", "wrong-type"}
)
"""Findings after which what seems to be missing may stand in the file."""


class Checked(NamedTuple):
    """What the front end makes of one graph. ``resolved`` is None where there is an error; ``plannable``
    is there also where only the budget has errors, for looking into them.

    ``source`` is its first file, which knows the others; ``others`` are those of declarations.
    """

    resolved: Resolved | None
    findings: list[Finding]
    source: SourceText
    others: dict[str, SourceText] = NOTHING
    silencers: "Silencers | None" = None
    plannable: Resolved | None = None

    def lines(self, file: str) -> Sequence[str]:
        """The lines of a file that findings name, for printing them."""
        source = self.source.of(file) or self.others.get(file)
        return source.lines if source and source.text else ()

    @property
    def files(self) -> str:
        """The files for people."""
        return " + ".join(each.path for each in (self.source, *self.source.others))

    def unsilenced(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those findings of a later phase that the graph's comments do not silence."""
        return self.silencers.keep_early(findings) if self.silencers else list(findings)


def check(*paths: str, profile: str = "") -> Checked:
    """Read, resolve and check a graph, of one file or of several. Never raises for a user's mistake.

    ``profile`` is the one of its own that is laid on it.
    """
    with without_garbage_collection():
        return _check(paths, profile)


def _check(paths: Sequence[str], profile: str) -> Checked:
    graph, findings, source = read(*paths, profile=profile)
    if graph is None:
        return Checked(None, ordered(bounded(findings)), source)
    # Not graph.directory: findings name files as the user did.
    catalogue, declared = load_catalogue([os.path.join(os.path.dirname(paths[0]), "devices")])
    measured = read_profiles(profiles_path(graph))
    resolved, unresolved = resolve(graph, catalogue, measured)
    early = [*findings, *declared, *measured.findings, *unresolved]
    whole = not any(each.rule in _LOSE_LINKS for each in early)
    ruled, reckoned = judge(resolved, source, whole)
    silencers = _silencers(source)
    told = silencers.apply(early, [*ruled, *reckoned]) if silencers else [*early, *ruled, *reckoned]
    every = _own(told, graph) if told else []
    of_budget = {each.rule for each in reckoned}
    return Checked(
        None if has_errors(every) else resolved,
        ordered(bounded(every)),
        source,
        {**catalogue.sources, **measured.sources},
        silencers,
        None if has_errors(each for each in every if each.rule not in of_budget) else resolved,
    )


def _own(findings: list[Finding], graph: Graph) -> list[Finding]:
    """Each mistake once, without what only follows from another."""
    from iomt.checks.consequences import without_consequences
    from iomt.checks.once import told_once

    return without_consequences(told_once(findings, graph))


def judge(resolved: Resolved, source: SourceText, whole: bool = True) -> tuple[list[Finding], list[Finding]]:
    """What the rules find, and what those of the budget do. ``whole``: no link was lost in reading."""
    rules = RULES + RULES_OF_ABSENCE if whole else RULES
    ruled = [finding for rule in rules for finding in rule(resolved, source)]
    reckoning = Reckoning(resolved)
    return ruled, [finding for rule in BUDGET_RULES for finding in rule(resolved, reckoning)]


def _silencers(source: SourceText) -> "Silencers | None":
    files = [each for each in (source, *source.others) if "iomt:" in each.text]
    if not files:  # most graphs have none: they do not even cost an import
        return None
    from iomt.checks.silencers import Silencers, read_silencers

    read_ones = [read_silencers(each) for each in files]
    return Silencers(
        tuple(silencer for each in read_ones for silencer in each.every),
        tuple(finding for each in read_ones for finding in each.findings),
    )
