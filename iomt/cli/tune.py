"""`iomt tune`: nodes of a graph on this machine, and what they take and give."""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

from iomt.catalogue.declaration import NO_PROFILE, Profile
from iomt.catalogue.measured import profiles_path, read_profiles
from iomt.catalogue.resolved import Resolved
from iomt.checks import check
from iomt.cli import FOUND_ERRORS, MISUSE, OK, saying_no
from iomt.cli.printing import print_findings
from iomt.contract.quantity import BadQuantity, seconds
from iomt.diagnostics.order import has_errors
from iomt.language.suggest import cure, one_of


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, its nodes, and the time."""
    parser.add_argument("graph", metavar="GRAPH", help="the graph file")
    parser.add_argument(
        "nodes", metavar="NODE", nargs="+", help="a node; what feeds it runs too, and what it feeds does not"
    )
    parser.add_argument(
        "--over", metavar="GRAPH", nargs="+", default=[], help="files of the same graph, laid on the first"
    )
    parser.add_argument(
        "--for", dest="seconds", metavar="TIME", type=_duration, default=10.0,
        help="for how long (10s), counted from the first frame",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """0: all measured and written; 1: findings, or a node did nothing; 2: misuse or surroundings."""
    checked = check(arguments.graph, *arguments.over)
    resolved = checked.plannable
    if resolved is None:
        print_findings(checked)
        return FOUND_ERRORS
    for name in arguments.nodes:
        if name not in resolved.nodes:
            known = list(resolved.nodes)
            _say_no(f"there is no node called {name}", cure(name, known, f"there are {one_of(known, 'and')}"))
            return MISUSE
    try:
        from iomt.local.preflight import preflight
        from iomt.local.services import ServiceFailed
        from iomt.local.tuning import Tuned, tune
    except ModuleNotFoundError as error:
        _say_no(f"{error.name} is not installed", "install iomt with its extra `local`")
        return MISUSE
    from iomt.plan.make import make

    plan = make(resolved, feeding(resolved, arguments.nodes))
    here = preflight(plan, checked)
    if has_errors(here):
        print_findings(checked, here)
        return FOUND_ERRORS

    async def live() -> Tuned:
        return await tune(plan, arguments.nodes, arguments.seconds, lambda text: print(text, file=sys.stderr))

    sys.stderr.write(f"running {one_of([each.name for each in plan.devices], 'and')}\n")
    try:
        tuned = asyncio.run(live())
    except (ServiceFailed, OSError) as error:
        _say_no(str(error), "`iomt run` needs the same; what it says there may tell more")
        return MISUSE
    for name, why in tuned.faults.items():
        _say_no(f"{name} was not measured: {why}", "mend that, or give it more time with --for")
    if tuned.profiles and not _written(resolved, tuned.profiles):
        return MISUSE
    return FOUND_ERRORS if tuned.faults else OK


def feeding(resolved: Resolved, nodes: Iterable[str]) -> set[str]:
    """These nodes, and all from which something comes to them."""
    into: dict[str, list[str]] = {}
    for link in resolved.links:
        into.setdefault(link.target.name, []).append(link.source.name)
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += into.get(name, ())
    return found


def _written(resolved: Resolved, profiles: dict[str, Profile]) -> bool:
    from iomt.catalogue.measured_text import measured_text
    from iomt.cli.tune_text import compared
    from iomt.cli.written import replace_file

    path = Path(profiles_path(resolved.graph))
    measured = read_profiles(path)  # again: another `iomt tune` may have written meanwhile
    if measured.findings:
        _say_no(f"{path} has errors, so nothing was written", "mend or remove it: `iomt check` tells them")
        return False
    for name, profile in profiles.items():
        print(compared(name, measured.profiles.get(name, NO_PROFILE), profile))
    try:
        path.parent.mkdir(exist_ok=True)
        replace_file(path, measured_text({**measured.profiles, **profiles}))
    except OSError as error:
        _say_no(f"{error.filename or path}: {error.strerror}", "the profiles are kept beside the graph")
        return False
    print(f"{path}: written")
    return True


def _say_no(message: str, help_text: str) -> None:
    saying_no.say_no(message, help_text, "tune")


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except BadQuantity as error:
        raise argparse.ArgumentTypeError(str(error)) from error
