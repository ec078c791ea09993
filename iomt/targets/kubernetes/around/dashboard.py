"""A dashboard of one graph for Grafana, whose sidecar reads ConfigMaps with the label `grafana_dashboard`."""

import json
from collections.abc import Iterator

from iomt.contract import metrics
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Body, Manifest, manifest
from iomt.targets.kubernetes.place import DASHBOARD
from iomt.targets.kubernetes.platform import platform_owner

_WIDTH, _HEIGHT = 12, 8
_SOURCE = {"type": "prometheus", "uid": "${source}"}


def dashboard_manifests(plan: Plan, choices: Choices) -> Iterator[Manifest]:
    """Rates, age, losses, what waits and how long models take; two panels in a row."""
    here = f'{{namespace="{choices.namespace}"}}'

    def rate(name: str) -> str:
        return f"rate({name}{here}[1m])"

    age = f"histogram_quantile(0.95, sum by (le, link) ({rate(metrics.AGE_BUCKET)}))"
    runs = f"sum by (pod) ({rate(metrics.MODEL_RUNS)})"
    panels = [
        ("Published", f"sum by (pod, port) ({rate(metrics.PUBLISHED)})", "{{pod}} {{port}}", "ops"),
        ("Delivered", f"sum by (link) ({rate(metrics.DELIVERED)})", "{{link}}", "ops"),
        ("Age when done, 95 of 100", age, "{{link}}", "s"),
        ("Dropped", f"sum by (link, reason) ({rate(metrics.DROPPED)})", "{{link}}: {{reason}}", "ops"),
        ("Waits for its stream", f"sum by (pod, port) ({metrics.OUTPUT_WAITING}{here})", "{{pod}}", "short"),
        ("One run of a model", f"sum by (pod) ({rate(metrics.MODEL_SECONDS)}) / {runs}", "{{pod}}", "s"),
    ]
    source = {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
    document = {
        "uid": f"iomt-{plan.graph}"[:40],
        "title": f"iomt: {plan.graph}",
        "tags": ["iomt"],
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "templating": {"list": [source]},
        "panels": [_panel(number, *each) for number, each in enumerate(panels)],
    }
    owner = platform_owner(plan, DASHBOARD, choices)
    text = json.dumps(document, indent=2) + "\n"
    made = manifest("v1", "ConfigMap", owner, DASHBOARD, data={f"iomt-{plan.graph}.json": text})
    made.body["metadata"]["labels"] = {**owner.labels, "grafana_dashboard": "1"}
    yield made


def _panel(number: int, title: str, expr: str, legend: str, unit: str) -> Body:
    row, column = divmod(number, 2)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": _SOURCE, "expr": expr, "legendFormat": legend}],
    }
