"""What cannot be reckoned because nobody said it, and how to say it."""

from dataclasses import dataclass

from iomt.budget.flows import Flows
from iomt.budget.option_meanings import Meanings
from iomt.catalogue.resolved import Resolved, ResolvedNode


@dataclass(frozen=True, slots=True)
class Unknown:
    """``facts`` of one node: rate, bytes, seconds. ``option`` is one that would tell the rate."""

    node: str
    facts: tuple[str, ...]
    option: str = ""


def unknowns(resolved: Resolved, flows: Flows, meanings: Meanings) -> tuple[Unknown, ...]:
    """Only what begins at a node itself: what follows from an unknown rate is not told again."""
    found = []
    for node in resolved.nodes.values():
        facts = _facts(node, flows)
        if facts:
            option = meanings.option(node.device, "rate") if "rate" in facts else ""
            found.append(Unknown(node.node.name, facts, option))
    return tuple(found)


def _facts(node: ResolvedNode, flows: Flows) -> tuple[str, ...]:
    gives, profile = flows.given[node.node.name], node.profile
    if node.node.kind == "MSensor":
        figures = {"rate": gives.rate, "bytes": gives.bytes_each}
    elif node.node.kind == "MAnalyzer":
        figures = {"seconds": profile.seconds, "bytes": gives.bytes_each}
    else:
        return ()
    return tuple(name for name, figure in figures.items() if figure is None)
