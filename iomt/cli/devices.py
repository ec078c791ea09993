"""`iomt devices`: what there is to build graphs of."""

import argparse
from pathlib import Path

from iomt.catalogue.load import Catalogue, load_catalogue
from iomt.cli import FOUND_ERRORS, MISUSE, OK
from iomt.cli.printing import print_declared


def add(parser: argparse.ArgumentParser) -> None:
    """Listing, and the two words that do something else."""
    _shared(parser, folder="devices", as_json=False)
    parser.set_defaults(act=_list)
    words = parser.add_subparsers(title="more", metavar="show | add", required=False)

    show = words.add_parser(
        "show", help="everything about one device", description="Show a device.", allow_abbrev=False
    )
    show.add_argument("name", metavar="NAME", help="a device")
    _shared(show, folder=argparse.SUPPRESS, as_json=argparse.SUPPRESS)
    show.set_defaults(act=_show)

    declare = words.add_parser(
        "add",
        help="declare a Hugging Face model as a device",
        description="Read a model's configuration, never its weights, and write devices/NAME.yaml.",
        allow_abbrev=False,
    )
    declare.add_argument("name", metavar="NAME", help="what the device will be called")
    declare.add_argument(
        "--model", required=True, metavar="MODEL", help="a Hugging Face id, or a folder that begins with ./"
    )
    declare.add_argument("--revision", default="", help="a branch, tag or commit; the newest without it")
    declare.add_argument("--task", default="", help="what the model does, where its config leaves that open")
    declare.add_argument("--offline", action="store_true", help="look into the cache only")
    declare.add_argument(
        "--allow-code", action="store_true", help="also a model that comes with a program of its own"
    )
    declare.add_argument("--force", action="store_true", help="replace a declaration of that name")
    declare.add_argument("--dir", default=argparse.SUPPRESS, metavar="DIR", help="where the file goes")
    declare.set_defaults(act=_add)


def run(arguments: argparse.Namespace) -> int:
    """0: done; 1: a declaration has errors, or the model is refused; 2: misused, or it is not to be had."""
    code: int = arguments.act(arguments)
    return code


def _shared(parser: argparse.ArgumentParser, *, folder: str, as_json: object) -> None:
    parser.add_argument("--json", action="store_true", default=as_json, help="for programs")
    parser.add_argument(
        "--dir", default=folder, metavar="DIR", help="the folder with your own devices (devices)"
    )


def _catalogue(arguments: argparse.Namespace) -> tuple[Catalogue, bool]:
    """The built-in devices and the user's; whether all of these can be used."""
    catalogue, findings = load_catalogue([Path(arguments.dir)])
    return catalogue, not print_declared(findings, catalogue)


def _list(arguments: argparse.Namespace) -> int:
    from iomt.cli.devices_shown import as_json, listed, table

    catalogue, fine = _catalogue(arguments)
    devices = [device for name in catalogue.names if (device := catalogue.device(name))]
    print(as_json([listed(each) for each in devices]) if arguments.json else table(devices))
    return OK if fine else FOUND_ERRORS


def _show(arguments: argparse.Namespace) -> int:
    from iomt.cli.devices_shown import as_json, details, page
    from iomt.cli.saying_no import say_no
    from iomt.language.suggest import cure

    catalogue, _ = load_catalogue([Path(arguments.dir)])
    device = catalogue.device(arguments.name)
    if device:
        print(as_json(details(device)) if arguments.json else page(device))
        return OK
    if arguments.name in catalogue.names:
        _catalogue(arguments)
        return FOUND_ERRORS
    help_text = cure(arguments.name, catalogue.names, "`iomt devices` lists them")
    say_no(f"there is no device called {arguments.name}", help_text)
    return MISUSE


def _add(arguments: argparse.Namespace) -> int:
    from iomt.cli.devices_add import declare

    return declare(arguments)
