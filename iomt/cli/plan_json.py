"""A budget for programs; docs/planning.md tells the keys. null stands where nothing tells."""

import json
import math
from typing import Any

from iomt.budget.budget import Budget
from iomt.budget.cold import Cold
from iomt.budget.lakes import Lake
from iomt.budget.latency import Path
from iomt.budget.load import Load
from iomt.budget.sites import SiteLoad
from iomt.catalogue.resolved import Resolved


def as_json(resolved: Resolved, budget: Budget) -> str:
    """One document, in the order of the graph."""
    document = {
        "graph": resolved.graph.name,
        "links": _links(resolved, budget),
        "analyzers": [_analyzer(each) for each in budget.analyzers],
        "lakes": [_lake(each) for each in budget.lakes],
        "paths": [
            _path(budget.latencies.path(number), resolved.links[number].link.latency)
            for number in budget.latencies.ends()
        ],
        "sleepers": [_cold(each) for each in budget.colds],
        "sites": [_site(each) for each in budget.sites],
        "unknown": [{"node": each.node, "facts": list(each.facts)} for each in budget.unknowns],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _links(resolved: Resolved, budget: Budget) -> list[dict[str, Any]]:
    return [
        {
            "link": link.name,
            "media": link.media,
            "delivery": link.delivery,
            "per_second": _number(flow.rate),
            "bytes_each": _number(flow.bytes_each),
            "bytes_per_second": _number(flow.bytes_per_second),
        }
        for link, flow in zip(resolved.links, budget.links, strict=True)
    ]


def _analyzer(load: Load) -> dict[str, Any]:
    return {
        "node": load.node.name,
        "arrives_per_second": _number(load.arrives),
        "handled_per_second": _number(load.handled),
        "seconds": _number(load.seconds),
        "seconds_per_second": _number(load.busy),
        "replicas": load.replicas,
        "replicas_needed": load.needed,
        "utilisation": _number(load.utilisation),
    }


def _lake(lake: Lake) -> dict[str, Any]:
    return {
        "node": lake.node.name,
        "bytes_per_second": _number(lake.bytes_per_second),
        "bytes_per_day": _number(lake.bytes_per_day),
        "retain_seconds": _number(lake.retain),
        "size": lake.size,
        "held_bytes": _number(lake.held),
    }


def _path(path: Path, promised: float | None) -> dict[str, Any]:
    return {
        "nodes": list(path.nodes),
        "seconds": _number(path.seconds),
        "complete": path.complete,
        "endless": math.isinf(path.seconds),
        "promised_seconds": promised,
        "parts": [
            {"what": part.what, "at": part.at, "seconds": _number(part.seconds)} for part in path.parts
        ],
    }


def _cold(cold: Cold) -> dict[str, Any]:
    return {
        "node": cold.node.node.name,
        "cold_share": _number(cold.share),
        "cold_seconds": _number(cold.cold),
        "warm_seconds": _number(cold.warm),
        "expected_seconds": _number(cold.expected),
    }


def _site(load: SiteLoad) -> dict[str, Any]:
    site = load.site
    return {
        "site": site.name if site else None,
        "nodes": list(load.nodes),
        "cores": _number(load.cores),
        "memory": _number(load.memory),
        "gpus": load.gpus,
        "uplink": _number(load.uplink),
        "has": {
            "cores": site.cores if site else None,
            "memory": site.memory if site else None,
            "gpus": site.gpus if site else None,
            "uplink": site.uplink if site else None,
        },
        "silent": list(load.silent),
        "untold": list(load.untold),
    }


def _number(amount: float | None) -> float | None:
    """Six digits are more than any of it is known to; JSON has no infinity."""
    return None if amount is None or math.isinf(amount) else float(f"{amount:.6g}")
