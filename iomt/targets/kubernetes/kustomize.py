"""Objects as a folder for kustomize: a file for each, a base, its sites, an overlay for each profile."""

from collections import Counter
from collections.abc import Iterable, Mapping

from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.difference import difference
from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.text import expected, mark
from iomt.targets.yaml_text import Value, document, sequence

FILE = "kustomization.yaml"
_BASE, _SITES, _OVERLAYS = "base", "sites", "overlays"


def kustomize_texts(rendered: Rendered, profiles: Mapping[str, Rendered]) -> dict[str, str]:
    """File names to texts. What is built from the folder itself is what `one_text` has, and what is built
    from an overlay what it has of the graph with that profile.

    A list comes after the files in it: what is written in this order can be read at any time.
    """
    head = mark(rendered)
    folders = _folders(rendered)
    made: dict[str, str] = {}
    for folder, manifests in folders.items():
        names = file_names(manifests)
        for name, each in names.items():
            made[f"{folder}/{name}"] = head + each.text
        made[f"{folder}/{FILE}"] = head + _kustomization(list(names))
    for name, other in profiles.items():
        overlay = _overlay([f"../../{folder}" for folder in folders], rendered, other)
        made |= {f"{_OVERLAYS}/{name}/{file}": text for file, text in overlay.items()}
    made[FILE] = head + expected(rendered) + _kustomization(list(folders))
    return made


def file_names(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    """Called by node and kind; by the object's own name too where a node has several of a kind."""
    every = list(manifests)
    several = Counter(each.file_name for each in every)
    return {each.file_name if several[each.file_name] == 1 else each.longer_file_name: each for each in every}


def _folders(rendered: Rendered) -> dict[str, list[Manifest]]:
    """The objects of a node are with its site; all others, and those of nodes without one, are the base."""
    sites = {device.name: device.site for device in rendered.plan.devices if device.site}
    folders: dict[str, list[Manifest]] = {_BASE: []}
    for each in rendered.manifests:
        site = sites.get(each.owner.name)
        folders.setdefault(f"{_SITES}/{site}" if site else _BASE, []).append(each)
    return folders


def _overlay(below: list[str], rendered: Rendered, other: Rendered) -> dict[str, str]:
    """What is added, changed and taken away: a file for each object that is another one."""
    head = mark(rendered)
    there = {_identity(each): each for each in rendered.manifests}
    wanted = {_identity(each): each for each in other.manifests}
    new = file_names(each for identity, each in wanted.items() if identity not in there)
    made = {name: head + each.text for name, each in new.items()}
    patches: list[Value] = []
    for name, each in file_names(rendered.manifests).items():
        found = wanted.get(_identity(each))
        if found is None:
            made[f"without-{name}"] = head + document(_deleted(each))
            patches.append({"path": f"without-{name}"})
        elif operations := list(difference(each.body, found.body)):
            made[f"other-{name}"] = head + sequence([*operations])
            patches.append({"path": f"other-{name}", "target": _target(each)})
    text = _kustomization([*below, *new], **({"patches": patches} if patches else {}))
    made[FILE] = head + expected(other) + text
    return made


def _identity(each: Manifest) -> tuple[str, str]:
    return each.body["kind"], each.body["metadata"]["name"]


def _target(each: Manifest) -> dict[str, Value]:
    group, _, version = each.body["apiVersion"].rpartition("/")
    kind, name = _identity(each)
    return {**({"group": group} if group else {}), "version": version, "kind": kind, "name": name}


def _deleted(each: Manifest) -> dict[str, Value]:
    body = each.body
    metadata = {key: body["metadata"][key] for key in ("name", "namespace") if key in body["metadata"]}
    return {"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": metadata, "$patch": "delete"}


def _kustomization(resources: list[str], **more: Value) -> str:
    head: dict[str, Value] = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return document({**head, "resources": [*resources], **more})
