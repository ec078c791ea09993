"""In which order nodes are stopped: sensors first, each reader after all that it reads from."""

import networkx

from iomt.plan.plan import Plan


def generations(plan: Plan) -> list[list[str]]:
    """Node names in layers: no node reads from a later layer. Nodes of a cycle share one."""
    graph = networkx.DiGraph()
    graph.add_nodes_from(device.name for device in plan.devices)
    graph.add_edges_from((link.source, link.target) for link in plan.links)
    condensed = networkx.condensation(graph)
    return [
        sorted(name for component in layer for name in condensed.nodes[component]["members"])
        for layer in networkx.topological_generations(condensed)
    ]
