"""What an API server would refuse, told in terms of the graph."""

import re
from collections.abc import Iterable, Iterator

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Span
from iomt.targets.kubernetes.labels import wrong_key, wrong_resource, wrong_value
from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.place import (
    BOOTSTRAP,
    BROKER,
    DASHBOARD,
    DEFAULT_DENY,
    METRICS,
    MODELS,
    OBSERVER,
    ROUTES,
    SIGNATURES,
    STORE,
    pods_of,
)
from iomt.targets.kubernetes.verify import LARGEST, LARGEST_CONFIG_MAP, size_of

NAME, LABEL, SIZE = "target-name", "target-label", "target-size"
_LABEL_HELP = "letters, digits, - _ . inside, at most 63; a key may have a domain before it: example.org/zone"
_RESOURCE_HELP = "write it as the device plugin does: nvidia.com/gpu, nvidia.com/mig-1g.5gb"
_SERVICE = re.compile("[a-z].*")
"""Names of Services begin with a letter (RFC 1035; 1.37 is the first seen to allow a digit), and a file
of such a node could come before the namespace's. Other names of graphs and nodes always fit."""
_TAKEN = {
    BROKER: "the broker's Service",
    STORE: "the object store's Service",
    pods_of(BROKER): "the Service of the broker's pods",
    pods_of(STORE): "the Service of the object store's pods",
    BOOTSTRAP: "the bootstrap's settings",
    OBSERVER: "who reads the broker's figures",
    ROUTES: "the broker's servers among each other",
    MODELS: "the volume with the models",
    METRICS: "who reads the metrics",
    DASHBOARD: "the dashboard",
    SIGNATURES: "the policy of signed images",
    DEFAULT_DENY: "the policy that shuts pods off",
}
_WITH_ACCOUNTS = ("StatefulSet", "Job")
_LONGEST_CHARACTER = 4
"""Bytes, in UTF-8."""
_WHOLE = {BROKER: "the broker's pod", BOOTSTRAP: "the bootstrap's pod"}


def name_refusals(resolved: Resolved) -> Iterator[Finding]:
    """Names that Kubernetes does not allow, or that something else has."""
    graph = resolved.graph
    start = Span(graph.file, 1, 1, 1, 2)
    if graph.name == "default" or graph.name.startswith("kube-"):
        message = f"the graph is called {graph.name}, and its namespace would be one of Kubernetes' own"
        yield Finding(NAME, message, start, "give the graph another name: metadata.name")
    for node in resolved.nodes.values():
        if node.name in _TAKEN:
            message = f"{node.name} is the name of {_TAKEN[node.name]} in the graph's namespace"
            yield Finding(NAME, message, node.node.span, "give the node another name")
        elif not _SERVICE.fullmatch(node.name):
            message = (
                f"{node.name} begins with a digit, which many versions of Kubernetes refuse for a Service"
            )
            yield Finding(NAME, message, node.node.span, f"call it for example n{node.name}")


def label_refusals(resolved: Resolved) -> Iterator[Finding]:
    """What sites and graphics processors are called: labels and resources of Kubernetes."""
    for site in resolved.graph.sites.values():
        for key, pairs in (("selector", site.selector), ("prefers", site.prefers), ("taints", site.taints)):
            for name, value in pairs.items():
                wrong = wrong_key(name) or wrong_value(value)
                if wrong:
                    yield Finding(LABEL, f"{key} of {site.name}: {wrong}", site.spans[key], _LABEL_HELP)
        for name in site.devices.values():
            if wrong := wrong_resource(name):
                yield Finding(
                    LABEL, f"devices of {site.name}: {wrong}", site.spans["devices"], _RESOURCE_HELP
                )
    for node in resolved.nodes.values():
        gpu = node.node.gpu
        if gpu and (wrong := wrong_resource(gpu.resource)):
            yield Finding(LABEL, f"gpu of {node.name}: {wrong}", node.node.spans["gpu"], _RESOURCE_HELP)


def size_refusals(resolved: Resolved, manifests: Iterable[Manifest]) -> Iterator[Finding]:
    """Settings that do not fit into a ConfigMap, and pods with more accounts than an object can name."""
    for each in manifests:
        data = each.outline.get("data")
        if data and (node := resolved.nodes.get(each.owner.name)):
            texts = [each.told(text) for text in data.values()]
            if _LONGEST_CHARACTER * sum(map(len, texts)) <= LARGEST_CONFIG_MAP:
                continue  # nearly all
            size = sum([len(text.encode()) for text in texts])
            if size > LARGEST_CONFIG_MAP:
                limit = f"a ConfigMap holds {LARGEST_CONFIG_MAP:,}"
                message = f"the settings of {node.name} are {size:,} bytes long; {limit}"
                yield Finding(SIZE, message, node.node.span, "give the node fewer links or options")
        elif each.outline["kind"] in _WITH_ACCOUNTS and (who := _WHOLE.get(each.owner.name)):
            size = size_of(each)
            if size > LARGEST:
                limit = f"an API server takes {LARGEST:,}"
                message = f"{who} names so many accounts that it is {size:,} bytes long; {limit}"
                yield Finding(SIZE, message, Span(resolved.graph.file, 1, 1, 1, 2), "make two graphs of it")
