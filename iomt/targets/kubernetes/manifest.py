"""One Kubernetes object, and what every one of them carries: labels and the graph's line."""

from typing import Any, NamedTuple

from iomt import __version__
from iomt.targets.yaml_text import document

Body = dict[str, Any]
SOURCE, SETTINGS = "iomt.dev/source", "iomt.dev/settings"
"""Annotations: the graph's file:line that an object came from; the hash of what its pods read."""
INSTANCE, PART_OF = "app.kubernetes.io/instance", "app.kubernetes.io/part-of"
"""Labels: the node that an object is for, and its graph."""
VERSION = "app.kubernetes.io/version"
"""Label: the compiler's, on objects and not on pods, which a new compiler does not start anew."""


class Owner(NamedTuple):
    """Whom an object is made for: a node, or the graph as a whole.

    ``name`` is the node's; ``what`` its device; ``component`` its role; ``origin`` file:line;
    ``namespace`` where it lives.
    """

    graph: str
    name: str
    what: str
    component: str
    origin: str
    namespace: str

    @property
    def labels(self) -> dict[str, str]:
        """The recommended labels of Kubernetes (kubernetes.io/docs, "Recommended Labels")."""
        return {
            "app.kubernetes.io/name": self.what,
            **self.selector,
            "app.kubernetes.io/component": self.component,
            "app.kubernetes.io/managed-by": "iomt",
        }

    @property
    def selector(self) -> dict[str, str]:
        """What finds its pods. Never changes, since a Deployment's selector cannot be changed."""
        return {INSTANCE: self.name, PART_OF: self.graph}


class Manifest:
    """One object, ready to be printed.

    ``outline`` is its body to look at only, perhaps with holes in its texts
    (`iomt.targets.kubernetes.alike`).
    """

    __slots__ = ("outline", "owner")

    def __init__(self, owner: Owner, body: Body) -> None:
        self.owner = owner
        self.outline = body

    @property
    def body(self) -> Body:
        """As plain data."""
        return self.outline

    def told(self, text: str) -> str:
        """A text of the outline, without holes."""
        return text

    @property
    def text(self) -> str:
        """As YAML."""
        return document(self.body)

    @property
    def file_name(self) -> str:
        """Where it stands in a folder of manifests."""
        return f"{self.owner.name}.{self.body['kind'].lower()}.yaml"

    @property
    def longer_file_name(self) -> str:
        """The same for one of several of a kind."""
        return f"{self.owner.name}.{self.body['kind'].lower()}.{self.body['metadata']['name']}.yaml"


def manifest(api_version: str, kind: str, owner: Owner, name: str, **rest: Any) -> Manifest:
    """An object in the graph's namespace; ``rest`` is all but its head."""
    metadata: Body = {"name": name}
    if kind != "Namespace":
        metadata["namespace"] = owner.namespace
    metadata |= {"labels": {**owner.labels, VERSION: __version__}, "annotations": {SOURCE: owner.origin}}
    return Manifest(owner, {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest})
