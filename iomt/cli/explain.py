"""`iomt explain`: the page of a rule; with a graph, one of its objects or nodes."""

import argparse
import sys

from iomt.checks.pages import rule_names, rule_page
from iomt.cli import FOUND_ERRORS, MISUSE, OK
from iomt.cli.choices import add_choices, choices_of


def add(parser: argparse.ArgumentParser) -> None:
    """The rule, or an object or a node and its graph."""
    parser.add_argument(
        "what",
        metavar="RULE|KIND/NAME|NODE",
        nargs="?",
        help="the word in brackets of a finding (all are listed without it); with GRAPH an object in the "
        "cluster, such as deployment/people, or a node",
    )
    parser.add_argument(
        "graph", metavar="GRAPH", nargs="*", help="the graph's files: which of their lines, which defaults"
    )
    parser.add_argument(
        "--profile", metavar="P", default="", help="lay one of the graph's own profiles on it"
    )
    add_choices(parser)


def run(arguments: argparse.Namespace) -> int:
    """1: the graph has errors; 2: there is no such rule, object or node."""
    if arguments.graph:
        return _explain_in_graph(arguments)
    if arguments.what is None:
        _list()
        return OK
    page = rule_page(arguments.what)
    if page is None:
        otherwise = "`iomt explain` alone lists them"
        if "/" in arguments.what and not arguments.what.startswith("."):
            otherwise = f"for an object name its graph: iomt explain {arguments.what} GRAPH"
        return _no("rule", arguments.what, rule_names(), otherwise)
    print(page.text, end="")
    return OK


def _explain_in_graph(arguments: argparse.Namespace) -> int:
    from iomt.checks import check
    from iomt.cli.printing import print_findings

    what = arguments.what
    checked = check(*arguments.graph, profile=arguments.profile)
    if checked.resolved is None:
        print_findings(checked)
        return FOUND_ERRORS
    from iomt.plan.make import make
    from iomt.targets.kubernetes import render
    from iomt.targets.kubernetes.explained import find, node_text, object_text, titles

    rendered = render(make(checked.resolved), checked.resolved, choices_of(arguments))
    if "/" not in what:
        if what not in checked.resolved.nodes:
            nodes = list(checked.resolved.nodes)
            return _no(
                "node", what, nodes, f"the nodes are {', '.join(nodes[:8])}{' ...' * (len(nodes) > 8)}"
            )
        print(node_text(rendered, checked.resolved, what, checked.lines), end="")
        return OK
    manifest = find(rendered, what)
    if manifest is None:
        help_text = "`iomt explain NODE GRAPH` lists those of a node"
        return _no("object", what, titles(rendered), help_text)
    print(object_text(rendered, checked.resolved, manifest, checked.lines), end="")
    return OK


def _no(what: str, name: str, known: list[str], otherwise: str) -> int:
    from iomt.language.suggest import cure

    sys.stderr.write(f"iomt explain: there is no {what} {name}: {cure(name, known, otherwise)}\n")
    return MISUSE


def _list() -> None:
    names = rule_names()
    width = max(map(len, names))
    for name in names:
        page = rule_page(name)
        assert page
        print(f"{name:<{width}}  {page.summary}")
