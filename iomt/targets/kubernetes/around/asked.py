"""A part that was asked for: `--with PART=VALUE,KEY=VALUE`."""

from collections.abc import Mapping
from typing import NamedTuple

NOTHING: Mapping[str, str] = {}


class Part(NamedTuple):
    """What a part may be told. ``value`` is the word for it in messages, empty where it takes none."""

    what: str
    value: str = ""
    required: bool = True
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


PARTS = {
    "ingress": Part("an Ingress with TLS for each page", "HOST", keys=("class", "issuer")),
    "route": Part("a Gateway's HTTPRoute for each page", "HOST", keys=("gateway",), needs=("gateway",)),
    "podmonitor": Part("metrics for the Prometheus operator", "NAMESPACE", required=False),
    "alerts": Part("a PrometheusRule of the graph's promises for each node that has some"),
    "dashboard": Part("a dashboard for Grafana"),
    "signatures": Part("a Kyverno policy: images must be signed with cosign", "PUBLIC_KEY_FILE"),
    "canary": Part("an analyzer rolled out by Argo Rollouts, a part at a time", "NODE", keys=("pause",)),
}


class Asked(NamedTuple):
    """``value`` of a part, and its ``more`` by key; of `signatures` the value is the key itself."""

    part: str
    value: str = ""
    more: Mapping[str, str] = NOTHING
