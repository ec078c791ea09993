"""How a graph's nodes and links do in a cluster: what devices and broker count, asked twice.

The counts are fetched through the API server's proxy, so nobody needs a way into the cluster's network.
A device counts from the start of its pod on; totals are of that time, rates of the time between the two.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from iomt.cluster.api import PARALLEL, Api, Body, NoCluster, Refused
from iomt.cluster.kinds import POD
from iomt.contract import http, metrics
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink
from iomt.targets.kubernetes.place import BROKER, HTTP_PORT, MONITOR_PORT

_LINE = re.compile(r"^(\w+(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)
_MEDIAN = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """All counts at one moment: of each node's pods by metric, of each durable link what waits for it.

    ``nodes`` holds only those whose pods answered, ``waiting`` only links whose stream the broker told of.
    """

    taken: float
    nodes: Mapping[str, Counter[str]]
    waiting: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """One link. ``rate`` is messages handled per second, ``age`` seconds from capture to handled (median).

    ``dropped`` is by reason. What is not known is None.
    """

    name: str
    delivery: str
    origin: str
    rate: float | None
    waiting: int | None
    dropped: dict[str, int]
    age: float | None


def sample(api: Api, namespace: str, plan: Plan, pods: Mapping[str, list[Body]]) -> Sample:
    """Ask all running pods; one that does not answer is left out. ``pods`` by node."""
    asked = [
        (device.name, pod["metadata"]["name"])
        for device in plan.devices
        for pod in pods.get(device.name, ())
        if pod["status"].get("phase") == "Running"
    ]

    def ask(each: tuple[str, str]) -> str:
        return _told(api, namespace, each[1], HTTP_PORT, http.METRICS)

    nodes: dict[str, Counter[str]] = {}
    with ThreadPoolExecutor(PARALLEL) as pool:
        for (node, _), text in zip(asked, pool.map(ask, asked), strict=True):
            if text:
                nodes.setdefault(node, Counter()).update(counts(text))
        brokers = [pod["metadata"]["name"] for pod in pods.get(BROKER, ())]
        path = "/jsz?streams=true&consumers=true"
        told = pool.map(lambda pod: _told(api, namespace, pod, MONITOR_PORT, path), brokers)
        backlogs: dict[tuple[str, str], int] = {}
        for text in told:
            backlogs |= _backlogs(text)
    keys = {link.name: (link.stream, link.consumer) for link in plan.links if link.stream and link.consumer}
    waiting = {name: backlogs[key] for name, key in keys.items() if key in backlogs}
    return Sample(time.monotonic(), nodes, waiting)


def counts(text: str) -> Counter[str]:
    """Prometheus' text as a ledger has it; buckets stay as they are, seconds become whole nanoseconds."""
    found: Counter[str] = Counter()
    for key, value in _LINE.findall(text):
        name = key.partition("{")[0]
        scale = 1e9 if name.endswith(("_seconds", "_seconds_total")) else 1
        found[key] += round(float(value) * scale)
    return found


def node_rate(device: PlannedDevice, before: Sample, now: Sample) -> float | None:
    """Items per second that a node published, or handled where it publishes nothing."""
    counted = metrics.DELIVERED if device.kind in ("MStorage", "MActuator") else metrics.PUBLISHED
    if device.name not in now.nodes or device.name not in before.nodes:
        return None
    then, since = (
        sum(value for key, value in each.nodes[device.name].items() if key.startswith(counted))
        for each in (before, now)
    )
    return _rate(then, since, now.taken - before.taken)


def link_figures(link: PlannedLink, before: Sample, now: Sample) -> LinkFigures:
    """One link between two samples."""
    source, target = now.nodes.get(link.source, Counter()), now.nodes.get(link.target)
    rate = age = None
    if target is not None and link.target in before.nodes:
        then = before.nodes[link.target]
        key = metrics.key(metrics.DELIVERED, link=link.name)
        rate = _rate(then[key], target[key], now.taken - before.taken)
        age = _median(target - then, link.name)
    dropped = _reasons(target or Counter(), metrics.DROPPED, "link", link.name)
    if link.delivery == "durable":
        dropped += _reasons(source, metrics.OUTPUT_DROPPED, "port", link.source_port)
        unsent = source[metrics.key(metrics.OUTPUT_WAITING, port=link.source_port)]
        waiting = now.waiting[link.name] + unsent if link.name in now.waiting else None
    else:
        in_hand = _in_hand(target, link.name, sum(dropped.values())) if target is not None else None
        waiting = in_hand
    return LinkFigures(link.name, link.delivery, link.origin, rate, waiting, dict(dropped), age)


def _in_hand(target: Counter[str], link: str, dropped: int) -> int:
    seen = target[metrics.key(metrics.SEEN, link=link)]
    return max(0, seen - target[metrics.key(metrics.DELIVERED, link=link)] - dropped)


def _told(api: Api, namespace: str, pod: str, port: int, path: str) -> str:
    """Empty from one that does not answer: it may have ended since."""
    path, _, query = path.partition("?")
    pairs = dict(each.split("=") for each in query.split("&") if each)
    try:
        return api.text(f"{POD.path(namespace, f'{pod}:{port}')}/proxy{path}", **pairs)
    except (Refused, NoCluster):
        return ""


def _backlogs(text: str) -> dict[tuple[str, str], int]:
    """By stream and consumer: not yet given, and given and not acknowledged."""
    try:
        accounts = json.loads(text).get("account_details", ()) if text else ()
    except ValueError:
        return {}
    return {
        (stream["name"], each["name"]): each["num_pending"] + each["num_ack_pending"]
        for account in accounts
        for stream in account.get("stream_detail", ())
        for each in stream.get("consumer_detail") or ()
    }


def _rate(then: int, now: int, seconds: float) -> float | None:
    """None after a new pod, which counts from 0 again."""
    return (now - then) / seconds if seconds > 0 and now >= then else None


def _reasons(found: Counter[str], name: str, label: str, value: str) -> Counter[str]:
    reasons: Counter[str] = Counter()
    for key, count in found.items():
        if count and key.startswith(name):
            _, labels = metrics.split(key)
            if labels.get(label) == value:
                reasons[labels["reason"]] += count
    return reasons


def _median(handled: Counter[str], link: str) -> float | None:
    """The upper edge of the bucket that half of the ages are in; None where there were none."""
    edges: list[tuple[float, int]] = []
    for key, count in handled.items():
        if key.startswith(metrics.AGE_BUCKET):
            _, labels = metrics.split(key)
            if labels["link"] == link:
                edges.append((float(labels["le"]), count))
    if not edges:
        return None
    edges.sort()
    half = edges[-1][1] * _MEDIAN
    edge = next(edge for edge, count in edges if count >= half)
    return edge if edge != float("inf") else metrics.AGE_EDGES[-1]
