"""What it costs that a node does not run while nothing waits for it: `autoscale` with `min: 0`.

A message that finds nobody waits until the scaler has seen it, a pod has come, and the device is ready:

    E[latency] = p_cold T_cold + (1 - p_cold) T_warm

The node is asleep when the last message is longer ago than it stays awake. If messages come at random,
independent of each other (Poisson), p_cold = exp(-rate x awake).
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iomt.budget.flows import Flows
from iomt.budget.load import Load
from iomt.catalogue.resolved import ResolvedNode

POLL_SECONDS = 10
"""How often the scaler looks at what waits."""
AWAKE_SECONDS = 120
"""How long a node stays after the last message: loading a model again takes longer than a short pause."""
POD_SECONDS = 3.0
"""From wanted to started, its image on the machine (2.5 s measured: one machine, containerd)."""


@dataclass(frozen=True, slots=True)
class Cold:
    """One node that sleeps. Seconds; None where nothing tells. ``share`` is of the messages, p_cold."""

    node: ResolvedNode
    share: float | None
    cold: float | None
    warm: float | None

    @property
    def expected(self) -> float | None:
        """E[latency] at this node."""
        if self.share is None or self.cold is None or self.warm is None:
            return None
        return self.share * self.cold + (1 - self.share) * self.warm


def sleeps(node: ResolvedNode) -> bool:
    """Whether there may be none of it."""
    return node.node.autoscale is not None and node.node.autoscale.minimum == 0


def start_seconds(node: ResolvedNode) -> float:
    """The longest that a message waits for a sleeping node to be ready, as far as it is known."""
    return POLL_SECONDS + POD_SECONDS + (node.profile.startup or 0.0)


def cold_starts(nodes: Iterable[ResolvedNode], flows: Flows) -> Iterator[Cold]:
    """Of the nodes that sleep."""
    for node in filter(sleeps, nodes):
        load = flows.loads.get(node.node.name)
        arrives = load.arrives if load else _arrives(node, flows)
        seconds = node.profile.seconds
        warm = _warm(load, seconds) if load else seconds
        known = warm is not None and node.profile.startup is not None
        yield Cold(
            node=node,
            share=None if arrives is None else math.exp(-arrives * AWAKE_SECONDS),
            cold=start_seconds(node) + (seconds or 0.0) if known else None,
            warm=warm,
        )


def _arrives(node: ResolvedNode, flows: Flows) -> float | None:
    rates = [flows.links[number].rate for number in flows.into[node.node.name]]
    known = [rate for rate in rates if rate is not None]
    return sum(known) if len(known) == len(rates) else None


def _warm(load: Load, seconds: float | None) -> float | None:
    """The wait for its turn and the work, of what is awake at most (as in `iomt.budget.latency`)."""
    share = load.utilisation
    if share is None or seconds is None:
        return None
    wait = share / (2 * (1 - share)) * seconds / load.replicas if share < 1 else math.inf
    return wait + seconds
