"""`iomt apply`: a graph in a Kubernetes cluster."""

import argparse
import dataclasses
import re
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_choices, add_cluster, choices_of
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.outcome_text import print_outcome, tell
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.cluster.api import Api
    from iomt.cluster.apply import Outcome, Wishes
    from iomt.cluster.applyset import ApplySet

_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]")
"""What a ConfigMap's key has not."""


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
    parser.add_argument(
        "--rollback-on-failure",
        action="store_true",
        help="where it is not ready in time, go back to the last form of the graph that was",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: as the graph says, and ready; 1: findings, refused, or not ready in time; 2: no cluster."""
    return in_cluster("apply", arguments, _run, refused="; what was applied until then stays, apply again")


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.apply import Apply, Wishes
    from iomt.cluster.applyset import ApplySet
    from iomt.cluster.found import NotAllowed
    from iomt.cluster.revisions import keep
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render

    assert checked.resolved
    rendered = render(make(checked.resolved), checked.resolved, choices_of(arguments))
    findings = [*checked.findings, *checked.unsilenced(rendered.findings)]
    if print_findings(checked, findings, quiet=True):
        return FOUND_ERRORS
    wishes = Wishes(
        dry_run=arguments.dry_run,
        prune=arguments.prune,
        force=arguments.force_conflicts,
        seconds=arguments.timeout if arguments.wait else 0.0,
    )
    api = connect(arguments.context)
    try:
        outcome = Apply(api, rendered, wishes, tell).run()
    except NotAllowed as error:
        return misuse("apply", f"nothing was changed:\n{error}")
    print_outcome(outcome, dry_run=arguments.dry_run)
    if wishes.seconds and not wishes.dry_run:
        owner = ApplySet(api, rendered.plan.graph, rendered.choices.namespace)
        if not outcome.failed:
            keep(api, owner, rendered, _files(checked))
        elif arguments.rollback_on_failure:
            _back(api, owner, outcome, wishes)
    return FOUND_ERRORS if outcome.failed else OK


def _back(api: "Api", owner: "ApplySet", failed: "Outcome", wishes: "Wishes") -> None:
    """To the last form that was ready. What is said of it comes after what failed."""
    from iomt.cluster.revisions import before, revisions
    from iomt.cluster.rollback import roll_back

    target = before(revisions(api, owner), owner.applied())
    if target is None:
        sys.stderr.write(
            "iomt apply: no other form of the graph was ever ready here: nothing to go back to\n"
        )
        return
    tell(f"going back to revision {target.number} of {target.made}")
    outcome = roll_back(api, target, dataclasses.replace(wishes, prune=False), tell, failed.changes)
    print_outcome(outcome, dry_run=False)
    tell(f"revision {target.number} is {'not ready either' if outcome.failed else 'ready again'}")


def _files(checked: Checked) -> dict[str, str]:
    """The graph's files by name, numbered where there are several."""
    sources = (checked.source, *checked.source.others)
    names = [_UNUSUAL.sub("-", PurePath(each.path).name) for each in sources]
    if len(names) > 1:
        names = [f"{number}.{name}" for number, name in enumerate(names, 1)]
    return {name: each.text for name, each in zip(names, sources, strict=True)}
