"""The ledger as Prometheus text (exposition format 0.0.4)."""

from collections import defaultdict

from iomt.contract import metrics

_EDGES = {metrics.AGE_BUCKET: metrics.AGE_EDGES, metrics.HANDLE_BUCKET: metrics.HANDLE_EDGES}
_NANOSECONDS = ("_seconds", "_seconds_total")


def exposition(values: dict[str, int]) -> str:
    """All counts; whole nanoseconds become seconds, histogram buckets become cumulative."""
    families: dict[str, list[tuple[dict[str, str], int]]] = defaultdict(list)
    for key, value in values.items():
        name, labels = metrics.split(key)
        families[name].append((labels, value))
    lines: list[str] = []
    for name, samples in sorted(families.items()):
        if name in _EDGES:
            lines += _histogram(name, samples)
            continue
        lines.append(f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}")
        scale = 1e9 if name.endswith(_NANOSECONDS) else 1
        for labels, value in samples:
            lines.append(f"{metrics.key(name, **labels)} {value / scale if scale != 1 else value}")
    return "\n".join(lines) + "\n"


def _histogram(name: str, samples: list[tuple[dict[str, str], int]]) -> list[str]:
    base = name.removesuffix("_bucket")
    lines = [f"# TYPE {base} histogram"]
    series: dict[tuple[tuple[str, str], ...], dict[float, int]] = defaultdict(dict)
    for labels, value in samples:
        others = tuple(pair for pair in labels.items() if pair[0] != "le")
        series[others][float(labels["le"])] = value
    for others, counts in sorted(series.items()):
        total = 0
        for edge in (*_EDGES[name], float("inf")):
            total += counts.get(edge, 0)
            shown = "+Inf" if edge == float("inf") else str(edge)
            lines.append(f"{metrics.key(name, **dict(others), le=shown)} {total}")
        lines.append(f"{metrics.key(base + '_count', **dict(others))} {total}")
    return lines
