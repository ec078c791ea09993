"""`iomt apply`: a graph in a Kubernetes cluster."""

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_choices, add_cluster, choices_of
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse
from iomt.cli.sound import not_sound

if TYPE_CHECKING:
    from iomt.cluster.apply import Outcome


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the cluster, and how to apply."""
    add_graph(parser)
    add_cluster(parser)
    add_choices(parser)
    parser.add_argument("--dry-run", action="store_true", help="ask the API server, change nothing")
    parser.add_argument("--prune", action="store_true", help="delete what is no part of the graph any more")
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="until all pods are ready (default)",
    )
    parser.add_argument(
        "--force-conflicts", action="store_true", help="take over fields that somebody else has written"
    )


def run(arguments: argparse.Namespace) -> int:
    """0: as the graph says, and ready; 1: findings, refused, or not ready in time; 2: no cluster."""
    return in_cluster("apply", arguments, _run, refused="; what was applied until then stays, apply again")


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.apply import Apply, NotAllowed, Wishes
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render

    assert checked.resolved
    rendered = render(make(checked.resolved), checked.resolved, choices_of(arguments))
    findings = [*checked.findings, *checked.unsilenced(rendered.findings)]
    if print_findings(checked, findings, quiet=True):
        return FOUND_ERRORS
    if code := not_sound("apply", rendered):
        return code
    wishes = Wishes(
        dry_run=arguments.dry_run,
        prune=arguments.prune,
        force=arguments.force_conflicts,
        seconds=arguments.timeout if arguments.wait else 0.0,
    )
    try:
        outcome = Apply(connect(arguments.context), rendered, wishes, _tell).run()
    except NotAllowed as error:
        return misuse("apply", f"nothing was changed:\n{error}")
    _print(outcome, dry_run=arguments.dry_run)
    return FOUND_ERRORS if outcome.failed else OK


def _print(outcome: "Outcome", *, dry_run: bool) -> None:
    from iomt.cluster.change import Effect

    for change in outcome.changes:
        if change.effect is Effect.REFUSED:
            sys.stderr.write(f"refused: {change.what} ({change.origin}): {change.why}\n")
        elif change.effect is Effect.LEFT:
            print(f"left      {change.what}: not in the graph any more; --prune deletes it")
        elif change.effect is not Effect.UNCHANGED:
            print(f"{change.effect.value:<10}{change.what}")
    for title, reason in outcome.unready.items():
        first, *rest = reason.splitlines()
        sys.stderr.write("\n".join([f"not ready: {title}: {first}", *(f"    {line}" for line in rest), ""]))
    counts = Counter(change.effect for change in outcome.changes)
    told = ", ".join(f"{counts[each]} {each.value}" for each in Effect if counts[each])
    print(f"{told}{' (dry run: nothing was written)' if dry_run else ''}")


def _tell(line: str) -> None:
    print(line, flush=True)
