"""A whole graph added up."""

from dataclasses import dataclass

from iomt.budget.cold import Cold, cold_starts
from iomt.budget.flow import Flow
from iomt.budget.flows import Flows, flows
from iomt.budget.lakes import Lake, lakes
from iomt.budget.latency import Latencies
from iomt.budget.load import Load
from iomt.budget.option_meanings import Meanings
from iomt.budget.sites import SiteLoad, site_loads
from iomt.budget.unknowns import Unknown, unknowns
from iomt.catalogue.resolved import Resolved


@dataclass(frozen=True, slots=True)
class Budget:
    """What a graph will cost. ``links`` stands beside `Resolved.links`."""

    flows: Flows
    lakes: tuple[Lake, ...]
    latencies: Latencies
    sites: tuple[SiteLoad, ...]
    unknowns: tuple[Unknown, ...]
    colds: tuple[Cold, ...] = ()

    @property
    def links(self) -> tuple[Flow, ...]:
        """What flows over each link."""
        return self.flows.links

    @property
    def analyzers(self) -> tuple[Load, ...]:
        """What each analyzer has to do."""
        return tuple(self.flows.loads.values())


def budget(resolved: Resolved) -> Budget:
    """Add everything up, in time that grows as nodes and links do. Pure."""
    meanings = Meanings()
    flowing = flows(resolved, meanings)
    return Budget(
        flows=flowing,
        lakes=lakes(resolved, flowing, meanings),
        latencies=Latencies(resolved, flowing),
        sites=site_loads(resolved, flowing),
        unknowns=unknowns(resolved, flowing, meanings),
        colds=tuple(cold_starts(resolved.nodes.values(), flowing)),
    )
