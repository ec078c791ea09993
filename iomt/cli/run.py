"""``iomt run``: a whole graph on this machine."""

import argparse
import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from iomt.checks import check
from iomt.cli.graph_files import add_graph
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse
from iomt.contract.quantity import BadQuantity, seconds
from iomt.diagnostics.order import has_errors

if TYPE_CHECKING:
    from iomt.plan.plan import Plan


def add(parser: argparse.ArgumentParser) -> None:
    """The verb's arguments."""
    add_graph(parser)
    parser.add_argument(
        "--for", dest="seconds", metavar="TIME", type=_duration, help="end after this time: 20s, 5m"
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="keep everything here; a second run goes on with it"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line; the last holds the accounting"
    )
    parser.add_argument("--only", metavar="NODE", nargs="+", default=[], help="start these nodes alone")
    parser.add_argument(
        "--secrets",
        metavar="DIR",
        type=Path,
        help="a folder with the secrets that options refer to: a file NAME, or NAME/KEY",
    )
    parser.add_argument("--nats", metavar="URL", help="use this broker: nats://user:password@host:4222")
    parser.add_argument("--s3", metavar="URL", help="use this object store: http://key:secret@host:9000")


def run(arguments: argparse.Namespace) -> int:
    """0: all promises kept; 1: findings, or durable links lost something; 2: misuse or surroundings."""
    checked = check(*arguments.graph, profile=arguments.profile)
    if checked.resolved is None or has_errors(checked.findings):
        print_findings(checked)
        return 1
    unknown = sorted(set(arguments.only) - set(checked.resolved.nodes))
    if unknown:
        return misuse(
            "run", f"--only: no node {', '.join(unknown)}; there are {', '.join(checked.resolved.nodes)}"
        )
    try:
        from iomt.local.folder import FolderInUse
        from iomt.local.preflight import preflight
        from iomt.local.report import JsonReport, TextReport
        from iomt.local.run import Run, Wishes
        from iomt.local.secrets import find_secrets
        from iomt.local.services import ServiceFailed
        from iomt.local.surroundings import External
    except ModuleNotFoundError as error:
        return misuse("run", f"{error.name} is not installed: install iomt with its extra `local`")
    from iomt.plan.make import make

    plan = make(checked.resolved, arguments.only)
    secrets, missing = find_secrets(plan, checked, arguments.secrets, os.environ)
    here = [*preflight(plan, checked), *missing]
    # What is a warning for a graph can be an error for this machine: it is told once.
    told = {(each.rule, each.span) for each in here}
    graphs = [each for each in checked.findings if (each.rule, each.span) not in told]
    if print_findings(checked, [*graphs, *here], quiet=True):
        return 1
    try:
        wishes = Wishes(
            seconds=arguments.seconds,
            data=arguments.data,
            nats=External.parse("--nats", arguments.nats, "nats", "tls") if arguments.nats else None,
            s3=External.parse("--s3", arguments.s3, "http", "https") if arguments.s3 else None,
            complete=not arguments.only,
            secrets=secrets,
        )
    except ValueError as error:
        return misuse("run", str(error))

    async def live() -> int:
        report = JsonReport() if arguments.json else TextReport()
        try:
            for note in _several(plan):
                report.note(note)
            outcome = await Run(plan, wishes, report).live()
        finally:
            report.close()
        return 1 if outcome.faults else 0

    try:
        return asyncio.run(live())
    except FolderInUse as error:
        cure = "another `iomt run` works there; end it or name another folder"
        return misuse("run", f"--data {error}: {cure}")
    except ServiceFailed as error:
        return misuse("run", str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        return misuse("run", f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _several(plan: "Plan") -> Iterator[str]:
    """What of a graph is not done on one machine, where another process would only share its cores."""
    for device in plan.devices:
        wanted = device.autoscale.maximum if device.autoscale else device.replicas
        if wanted > 1:
            yield f"{device.name}: one process here, for up to {wanted} replicas in a cluster"


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except BadQuantity as error:
        raise argparse.ArgumentTypeError(str(error)) from error
