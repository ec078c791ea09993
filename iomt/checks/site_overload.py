"""A site that is asked for more than it has."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.checks.gpu_missing import sites_without_gpu
from iomt.checks.reckoning import Reckoning
from iomt.diagnostics.finding import Finding


def site_overload(resolved: Resolved, reckoning: Reckoning) -> Iterable[Finding]:
    """Cores, memory, graphics processors, or bytes per second to other sites."""
    if not resolved.graph.sites:
        return
    told = sites_without_gpu(resolved)
    for load in reckoning.budget.sites:
        if load.site is None:
            continue
        for key, has, asked in load.excesses:
            if key == "gpus" and load.site.name in told:
                continue
            message = f"site {load.site.name} has {has}, and its nodes ask for {asked}"
            span = load.site.spans.get(key, load.site.span)
            yield Finding("site-overload", message, span, _HELP[key])


_HELP = {
    "cores": "ask for less (resources, replicas), or put a node elsewhere",
    "memory": "ask for less (resources, replicas), or put a node elsewhere",
    "gpus": "ask for fewer, or put a node elsewhere",
    "uplink": "send less (rate, quality), or put what reads it at the same site",
}
