"""`iomt tap`: what goes over a link."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iomt.checks import Checked
from iomt.cli import FOUND_ERRORS, OK
from iomt.cli.choices import add_cluster, add_namespace
from iomt.cli.graph_files import add_graph
from iomt.cli.in_cluster import in_cluster
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.cluster.tap import Tapped
    from iomt.plan.plan import Plan, PlannedLink

_SHOWN_CHARACTERS = 2000


def add(parser: argparse.ArgumentParser) -> None:
    """The graph, the link, how much."""
    add_graph(parser)
    parser.add_argument("link", metavar="LINK", help="as iomt status calls it, or SOURCE->TARGET")
    add_cluster(parser)
    add_namespace(parser)
    parser.add_argument(
        "-n",
        "--count",
        metavar="N",
        type=_count,
        default=1,
        help="the newest and those after it; without it 1",
    )
    parser.add_argument("--save", metavar="DIR", help="write each message and its headers into this folder")
    parser.add_argument("--json", action="store_true", help="for programs: headers, a message a line")


def run(arguments: argparse.Namespace) -> int:
    """0: shown; 1: nothing came in --timeout; 2: no such link, no cluster."""
    return in_cluster("tap", arguments, _run)


def _run(arguments: argparse.Namespace, checked: Checked) -> int:
    from iomt.cluster.api import connect
    from iomt.cluster.tap import tap
    from iomt.plan.make import make

    assert checked.resolved
    plan = make(checked.resolved)
    found = _links(plan, arguments.link)
    if len(found) != 1:
        return misuse("tap", _which(plan, arguments.link, found))
    (link,) = found
    if link.transport == "bucket":
        return misuse("tap", f"{link.name} reads the objects of {link.source}: nothing is said over it")
    folder = Path(arguments.save) if arguments.save else None
    api, namespace = connect(arguments.context), arguments.namespace or plan.graph
    shown = 0
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        for each in tap(api, namespace, link, count=arguments.count, seconds=arguments.timeout):
            shown += 1
            path = _save(folder, each) if folder else None
            print(json.dumps(_data(each, path)) if arguments.json else _text(each, path), flush=True)
    except LookupError:
        sys.stderr.write(f"iomt tap: {link.source} ({link.origin}) has no pod that runs; see iomt status\n")
        return FOUND_ERRORS
    except OSError as error:
        return misuse("tap", f"{error.filename or folder}: {error.strerror}")
    if not shown:
        sys.stderr.write(f"iomt tap: {link.source} has said nothing on {link.source_port}\n")
    return OK if shown else FOUND_ERRORS


def _links(plan: "Plan", name: str) -> "list[PlannedLink]":
    wanted = name.replace(" ", "")
    return [link for link in plan.links if wanted in (link.name, f"{link.source}->{link.target}")]


def _which(plan: "Plan", name: str, found: "list[PlannedLink]") -> str:
    if found:
        return f"{name} are {len(found)} links: say which, {', '.join(link.name for link in found)}"
    from iomt.language.suggest import cure, one_of

    known = [link.name for link in plan.links]
    short = [f"{link.source}->{link.target}" for link in plan.links]
    return f"there is no link {name}: {cure(name, [*short, *known], f'there are {one_of(known)}')}"


def _save(folder: Path, each: "Tapped") -> Path:
    """Named as an object of a lake would be, and its headers beside it."""
    from iomt.contract.media import extension

    said = each.envelope
    stem = f"{said.node}.{said.port}-{said.epoch:x}-{said.sequence:09d}"
    path = folder / f"{stem}.{extension(said.media_type)}"
    path.write_bytes(each.body)
    path.with_name(f"{stem}.headers.json").write_text(json.dumps(said.headers(), indent=2) + "\n")
    return path


def _data(each: "Tapped", path: Path | None) -> dict[str, object]:
    saved = {"saved": str(path)} if path else {}
    return {"headers": each.envelope.headers(), "bytes": len(each.body), **saved}


def _text(each: "Tapped", path: Path | None) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in each.envelope.headers().items())
    if path:
        shown = f"-> {path}"
    elif each.envelope.media_type.partition(";")[0].endswith(("json", "text/plain")):
        shown = each.body.decode(errors="replace")[:_SHOWN_CHARACTERS]
    else:
        shown = "--save DIR keeps it"
    return f"{headers}\n{len(each.body)} bytes: {shown}\n"


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of messages")
    return int(text)
