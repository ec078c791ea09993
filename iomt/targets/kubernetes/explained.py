"""Objects in terms of the graph, and a node in terms of its objects, for people."""

import json
from collections.abc import Callable, Iterator, Sequence

from iomt.catalogue.resolved import Resolved
from iomt.plan.plan import Plan
from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.place import BOOTSTRAP, BROKER, STORE, pods_of
from iomt.targets.kubernetes.reasons import Case, Reason, reasons, value_at

Lines = Callable[[str], Sequence[str]]
"""The lines of a file of the graph."""
_SHORT = {
    "deploy": "deployment",
    "svc": "service",
    "cm": "configmap",
    "sa": "serviceaccount",
    "netpol": "networkpolicy",
    "pdb": "poddisruptionbudget",
    "hpa": "horizontalpodautoscaler",
    "sts": "statefulset",
    "ns": "namespace",
    "pvc": "persistentvolumeclaim",
}
_WIDEST = 100


def titles(rendered: Rendered) -> list[str]:
    """Every object as `kind/name`, the way it can be asked for."""
    return [f"{each.body['kind'].lower()}/{each.body['metadata']['name']}" for each in rendered.manifests]


def find(rendered: Rendered, title: str) -> Manifest | None:
    """The object of a title; kinds as kubectl takes them, and a Job without the end of its name."""
    kind, _, name = title.partition("/")
    kind = kind.lower()
    for each in rendered.manifests:
        is_called = each.body["kind"].lower()
        if _SHORT.get(kind, kind) in (is_called, f"{is_called}s") and name in (
            each.body["metadata"]["name"],
            each.owner.name if is_called == "job" else None,
        ):
            return each
    return None


def object_text(rendered: Rendered, resolved: Resolved, manifest: Manifest, lines: Lines) -> str:
    """Each part of an object that has a reason: what it is, why, and the line of the graph."""
    body = manifest.body
    told = [f"{body['kind'].lower()}/{body['metadata']['name']} in namespace {manifest.owner.namespace}"]
    node = resolved.nodes.get(manifest.owner.name)
    if node:
        told += [f"of node {node.name}, {_quoted(node.node.span.origin, lines)}"]
        found = reasons(manifest, _case(rendered, resolved, node.name))
    else:
        told += ["of the graph as a whole"]
        found = [Reason("", why, origin) for why, origin in _of_the_graph(manifest, rendered.plan, resolved)]
    path = None
    for each in found:
        if each.path != path:
            path = each.path
            told += ["", f"{path}: {_short(value_at(body, path))}"] if path else [""]
        told += [f"  {each.why}", *([f"    {_quoted(each.origin, lines)}"] if each.origin else [])]
    return "\n".join(told) + "\n"


def node_text(rendered: Rendered, resolved: Resolved, name: str, lines: Lines) -> str:
    """The lines of a node, what its author left to iomt, its links, and the objects made of it."""
    node, case = resolved.nodes[name], _case(rendered, resolved, name)
    told = [f"node {name}, {_quoted(node.node.span.origin, lines)}", "", "options"]
    for key, value in node.options.items():
        if key in node.node.options:
            origin = node.node.option_spans.get((key,), node.node.span).origin
            told += [f"  {key}: {_short(value)}", f"    {_quoted(origin, lines)}"]
        else:
            told += [f"  {key}: {_short(value)}", f"    the default of {node.device.name}"]
    told += ["", "links"]
    written = {each.name: each.link.spans for each in resolved.links}
    for link in case.links:
        told += [f"  {link.name}", f"    {_quoted(link.origin, lines)}"]
        for key, value in (("delivery", link.delivery), ("transport", link.transport)):
            why = "written" if key in written[link.name] else f"what suits {link.target}"
            told.append(f"    {key}: {value} ({why})")
    told += ["", "objects, each explained by `iomt explain KIND/NAME GRAPH`"]
    own = [each for each in rendered.manifests if each.owner.name == name]
    told += [f"  {each.body['kind'].lower()}/{each.body['metadata']['name']}" for each in own]
    return "\n".join(told) + "\n"


def _case(rendered: Rendered, resolved: Resolved, name: str) -> Case:
    plan = rendered.plan
    return Case(plan, plan.device(name), resolved.nodes[name], rendered.choices, resolved)


def _of_the_graph(manifest: Manifest, plan: Plan, resolved: Resolved) -> Iterator[tuple[str, str]]:
    """What needs a broker, a store or a bootstrap; a namespace and the deny of all else need no reason."""
    name = manifest.owner.name
    if name in (BROKER, pods_of(BROKER)):
        for link in plan.links:
            if link.transport == "nats":
                yield f"{link.name} goes over the broker, {link.delivery}", link.origin
    elif name in (STORE, pods_of(STORE)):
        for device in plan.devices:
            if device.store:
                yield f"{device.name} needs the object store", resolved.nodes[device.name].node.span.origin
    elif name == BOOTSTRAP:
        for link in plan.links:
            if link.stream:
                yield f"stream {link.stream}, read by {link.consumer}", link.origin
        for device in plan.devices:
            if device.bucket:
                yield f"bucket {device.bucket}", resolved.nodes[device.name].node.span.origin
    else:
        yield "every graph has it", ""


def _quoted(origin: str, lines: Lines) -> str:
    """`street.yaml:8` and what stands there."""
    file, _, number = origin.rpartition(":")
    there = lines(file)
    line = there[int(number) - 1].strip() if 0 < int(number) <= len(there) else ""
    return f"{origin}: {_cut(line)}" if line else origin


def _short(value: object) -> str:
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
