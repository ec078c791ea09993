"""`iomt prove`: whether the running cluster allows what the links say, and nothing else."""

import argparse
import json
import random
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_cluster, add_namespace
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.outcome_text import tell
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.cluster.attempts import Attempt
    from iomt.cluster.prove import Tried

_WAYS = {"publish": "publish on", "subscribe": "subscribe to", "objects": "", "connect": "connect to"}
_SAME = 0
"""Seed of the sample: the same graph, the same tries."""


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the cluster, how much."""
    add_graph(parser)
    add_cluster(parser)
    add_namespace(parser)
    parser.add_argument(
        "--sample",
        metavar="N",
        type=int,
        default=0,
        help="of what a device may not, try only so many; without it all",
    )
    parser.add_argument("--json", action="store_true", help="for programs: an object for each try")


def run(arguments: argparse.Namespace) -> int:
    """0: all as the links say; 1: something is not, or the graph is not there; 2: no cluster."""
    return in_cluster("prove", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.applyset import ApplySet
    from iomt.cluster.attempts import attempts
    from iomt.cluster.kinds import DEPLOYMENT
    from iomt.cluster.prove import prove
    from iomt.plan.grants import grants
    from iomt.plan.make import make

    assert checked.resolved
    plan = make(checked.resolved)
    owner = ApplySet(api := connect(arguments.context), plan.graph, arguments.namespace or plan.graph)
    lacking = sorted({device.name for device in plan.devices} - set(owner.members(DEPLOYMENT)))
    if lacking:
        sys.stderr.write(
            f"iomt prove: not in namespace {owner.namespace}: {', '.join(lacking)}: apply first\n"
        )
        return FOUND_ERRORS
    wanted = _sampled(list(attempts(plan, grants(plan))), arguments.sample)
    try:
        quiet = arguments.json
        found = prove(api, owner, wanted, seconds=arguments.timeout, tell=_nothing if quiet else tell)
    except TimeoutError as error:
        return misuse("prove", str(error))
    if arguments.json:
        print(json.dumps([_data(each) for each in found], indent=2))
    else:
        print(f"\n{_matrix(found)}\n")
    wrong = [each for each in found if not each.as_planned]
    for each in wrong:
        sys.stderr.write(f"{_told(each)}\n")
    if not arguments.json:
        allowed = sum(bool(each.attempt.reasons) for each in found)
        print(
            f"{len(found)} tried: {allowed} that links allow, {len(found) - allowed} that none does;"
            f" {len(wrong)} not as planned"
        )
    return FOUND_ERRORS if wrong else OK


def _sampled(every: "list[Attempt]", most: int) -> "list[Attempt]":
    if not most:
        return every
    kept = [each for each in every if each.reasons]
    others: dict[str, list[Attempt]] = defaultdict(list)
    for each in every:
        if not each.reasons:
            others[each.node].append(each)
    chosen = random.Random(_SAME)
    return kept + [one for each in others.values() for one in chosen.sample(each, min(most, len(each)))]


def _matrix(found: "list[Tried]") -> str:
    """Who (rows) may reach whom (columns, numbered): + as a link says, . not at all, ! not as planned."""
    nodes = list(dict.fromkeys(each.attempt.node for each in found))
    columns = [*nodes, *dict.fromkeys(each.attempt.to for each in found if each.attempt.to not in nodes)]
    cells: dict[tuple[str, str], str] = {}
    for each in found:
        key = each.attempt.node, each.attempt.to
        mark = "!" if not each.as_planned else "+" if each.attempt.reasons else "."
        cells[key] = max(cells.get(key, "."), mark, key=".+!".index)
    wide, digits = max(map(len, columns)), len(str(len(columns)))
    head = " ".join(str(at).rjust(digits) for at in range(1, len(columns) + 1))
    lines = [f"{'':<{wide + digits + 1}}  {head}"]
    for at, node in enumerate(columns, 1):
        row = " ".join(cells.get((node, to), " ").rjust(digits) for to in columns) if node in nodes else ""
        lines.append(f"{at:>{digits}} {node:<{wide}}  {row}".rstrip())
    return "\n".join([*lines, "+ as a link says   . not at all   ! not as planned"])


def _told(each: "Tried") -> str:
    attempt = each.attempt
    what = f"{_WAYS[attempt.way]} {attempt.what}".strip()
    if attempt.reasons:
        why = ", ".join(f"{reason.what} ({reason.origin})" for reason in attempt.reasons)
        return f"{attempt.node} cannot {what}, which it needs for {why}: {each.outcome}"
    return f"{attempt.node} can {what}, and no link says so"


def _data(each: "Tried") -> dict[str, object]:
    attempt = each.attempt
    return {
        "node": attempt.node,
        "way": attempt.way,
        "to": attempt.to,
        "what": attempt.what,
        "allowed": bool(attempt.reasons),
        "reasons": [f"{reason.what} ({reason.origin})" for reason in attempt.reasons],
        "outcome": each.outcome,
        "as_planned": each.as_planned,
    }


def _nothing(_: str) -> None:
    """Programs read the result alone."""
