"""What the verbs of a cluster share: a graph without errors, a cluster that answers."""

import argparse
from collections.abc import Callable

from iomt.checks import Checked, check
from iomt.cli import FOUND_ERRORS
from iomt.cli.printing import print_findings
from iomt.cli.saying_no import misuse


def in_cluster(
    verb: str,
    arguments: argparse.Namespace,
    work: Callable[[argparse.Namespace, Checked], int],
    *,
    refused: str = "",
) -> int:
    """The exit code of ``work``, which may raise `NoCluster` and `Refused`.

    ``refused`` is what is said after the API server's own words.
    """
    checked = check(*arguments.graph)
    if checked.resolved is None:
        print_findings(checked)
        return FOUND_ERRORS
    return with_cluster(verb, lambda: work(arguments, checked), refused=refused)


def with_cluster(verb: str, work: Callable[[], int], *, refused: str = "") -> int:
    """The same for who needs no graph without errors."""
    try:
        from iomt.cluster.api import NoCluster, Refused
    except ModuleNotFoundError as error:
        return misuse(verb, f"{error.name} is not installed: install iomt with its extra `cluster`")
    try:
        return work()
    except NoCluster as error:
        return misuse(verb, str(error))
    except Refused as error:
        return misuse(verb, f"the API server says no: {error}{refused}")
