"""`iomt explain`: the page of a rule."""

import argparse
import sys

from iomt.checks.pages import rule_names, rule_page
from iomt.cli import MISUSE, OK


def add(parser: argparse.ArgumentParser) -> None:
    """The rule."""
    parser.add_argument(
        "rule", metavar="RULE", nargs="?", help="the word in brackets of a finding; all are listed without it"
    )


def run(arguments: argparse.Namespace) -> int:
    """2 for a rule that does not exist."""
    if arguments.rule is None:
        _list()
        return OK
    page = rule_page(arguments.rule)
    if page is None:
        from iomt.language.suggest import cure

        help_text = cure(arguments.rule, rule_names(), "`iomt explain` alone lists them")
        sys.stderr.write(f"iomt explain: there is no rule {arguments.rule}: {help_text}\n")
        return MISUSE
    print(page.text, end="")
    return OK


def _list() -> None:
    names = rule_names()
    width = max(map(len, names))
    for name in names:
        page = rule_page(name)
        assert page
        print(f"{name:<{width}}  {page.summary}")
