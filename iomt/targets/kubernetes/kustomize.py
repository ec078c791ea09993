"""Objects as a folder for kustomize: a file for each, a base, and a folder for each site."""

from collections import Counter
from collections.abc import Iterable

from iomt.targets.kubernetes import Rendered
from iomt.targets.kubernetes.manifest import Manifest
from iomt.targets.kubernetes.text import expected, mark
from iomt.targets.yaml_text import document

FILE = "kustomization.yaml"
_BASE, _SITES = "base", "sites"


def kustomize_texts(rendered: Rendered) -> dict[str, str]:
    """File names to texts. What is built from the folder itself is what `one_text` has.

    A list comes after the files in it: what is written in this order can be read at any time.
    """
    head = mark(rendered)
    folders = _folders(rendered)
    made: dict[str, str] = {}
    for folder, manifests in folders.items():
        names = file_names(manifests)
        for name, each in names.items():
            made[f"{folder}/{name}"] = head + document(each.body)
        made[f"{folder}/{FILE}"] = head + _kustomization(names)
    made[FILE] = head + expected(rendered) + _kustomization(folders)
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


def _kustomization(resources: Iterable[str]) -> str:
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return document({**head, "resources": list(resources)})
