"""The ledger as Prometheus text (exposition format 0.0.4)."""

from collections import defaultdict

from iomt.contract import metrics

_NANOSECONDS = ("_seconds", "_seconds_total")


def exposition(values: dict[str, int]) -> str:
    """All counts; whole nanoseconds become seconds, histogram buckets become cumulative."""
    families: dict[str, list[tuple[dict[str, str], int]]] = defaultdict(list)
    for key, value in values.items():
        name, labels = metrics.split(key)
        families[name].append((labels, value))
    lines: list[str] = []
    for name, samples in sorted(families.items()):
        if name == metrics.AGE_BUCKET:
            lines += _histogram(samples)
            continue
        lines.append(f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}")
        scale = 1e9 if name.endswith(_NANOSECONDS) else 1
        for labels, value in samples:
            lines.append(f"{metrics.key(name, **labels)} {value / scale if scale != 1 else value}")
    return "\n".join(lines) + "\n"


def _histogram(samples: list[tuple[dict[str, str], int]]) -> list[str]:
    base = metrics.AGE_BUCKET.removesuffix("_bucket")
    lines = [f"# TYPE {base} histogram"]
    links: dict[str, dict[float, int]] = defaultdict(dict)
    for labels, value in samples:
        links[labels["link"]][float(labels["le"])] = value
    for link, counts in sorted(links.items()):
        total = 0
        for edge in (*metrics.AGE_EDGES, float("inf")):
            total += counts.get(edge, 0)
            shown = "+Inf" if edge == float("inf") else str(edge)
            lines.append(f"{metrics.key(metrics.AGE_BUCKET, link=link, le=shown)} {total}")
        lines.append(f"{metrics.key(base + '_count', link=link)} {total}")
    return lines
