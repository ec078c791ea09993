"""Whose an object is: the ApplySet of a graph (KEP-3659, labels that kubectl and others know too).

A ConfigMap in the graph's namespace is the set's parent: it names the kinds that have members. Every
member carries the set's id, so that what left the graph is found, and nothing foreign ever is.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from iomt import __version__
from iomt.cluster.api import APPLY, MANAGER, Api, Refused
from iomt.cluster.kinds import BY_GROUP_KIND, CONFIG_MAP, Kind

SAID = "iomt.dev/said"
"""Annotation of a member: the hash of what was applied."""
PART_OF = "applyset.kubernetes.io/part-of"
_ID, _TOOLING = "applyset.kubernetes.io/id", "applyset.kubernetes.io/tooling"
_KINDS = "applyset.kubernetes.io/contains-group-kinds"
_APPLIED, _FILE = "iomt.dev/applied", "iomt.dev/file"
_MANAGED_BY, _GRAPH = "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"


class ApplySet:
    """The members of one graph in one namespace."""

    def __init__(self, api: Api, graph: str, namespace: str) -> None:
        self._api = api
        self.graph = graph
        self.namespace = namespace
        self.name = f"iomt-graph-{graph}"
        text = f"{self.name}.{namespace}.{CONFIG_MAP.name}.{CONFIG_MAP.group}"
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        self.id = f"applyset-{digest}-v1"
        self._path = CONFIG_MAP.path(namespace, self.name)

    def applied(self) -> str:
        """The digest of what was applied last, ready or not; empty where nothing was."""
        parent = self._api.find(self._path) or {"metadata": {}}
        return str(parent["metadata"].get("annotations", {}).get(_APPLIED, ""))

    def kinds(self) -> set[Kind]:
        """The kinds of which there may be members; empty where the graph was never applied."""
        parent = self._api.find(self._path)
        if parent is None:
            return set()
        written = parent["metadata"].get("annotations", {}).get(_KINDS, "")
        return {BY_GROUP_KIND[each] for each in written.split(",") if each in BY_GROUP_KIND}

    def namesakes(self, file: str) -> list[tuple[str, str]]:
        """Other graphs that were applied from a file of this name: name and namespace of each.

        In all namespaces, where we may look there; otherwise in none.
        """
        try:
            found = self._api.get(
                f"/api/v1/{CONFIG_MAP.plural}", labelSelector=f"{_MANAGED_BY}={MANAGER},{_ID}"
            ).get("items", ())
        except Refused:
            return []
        others = [
            (each["metadata"]["labels"][_GRAPH], each["metadata"]["namespace"])
            for each in found
            if each["metadata"].get("annotations", {}).get(_FILE) == file
        ]
        return [each for each in others if each[0] != self.graph]

    def declare(self, kinds: Iterable[Kind], digest: str, file: str) -> None:
        """Write the kinds down: before the first member of one is made, after the last is gone.

        ``digest`` names what is applied, ``file`` the graph's file.
        """
        parent = {
            "apiVersion": CONFIG_MAP.api_version,
            "kind": CONFIG_MAP.name,
            "metadata": {
                "name": self.name,
                "namespace": self.namespace,
                "labels": {_ID: self.id, _MANAGED_BY: MANAGER, _GRAPH: self.graph},
                "annotations": {
                    _TOOLING: f"{MANAGER}/{__version__}",
                    _KINDS: ",".join(sorted(each.group_kind for each in kinds)),
                    _APPLIED: digest,
                    _FILE: file,
                },
            },
        }
        self._api.patch(self._path, parent, APPLY, fieldManager=MANAGER, force="true")

    def undeclare(self) -> None:
        """The set itself, when it has no members any more."""
        self._api.delete(self._path)

    def members(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """All members of a kind, by name."""
        path = kind.path(self.namespace)
        found = self._api.get(path, labelSelector=f"{PART_OF}={self.id}").get("items", ())
        return {each["metadata"]["name"]: each for each in found}

    def owns(self, existing: dict[str, Any]) -> bool:
        """Whether an object is the graph's: a member, or made from the output of `iomt compile`."""
        labels = existing["metadata"].get("labels", {})
        if PART_OF in labels:
            return bool(labels[PART_OF] == self.id)
        return (labels.get(_MANAGED_BY), labels.get(_GRAPH)) == (MANAGER, self.graph)

    def joined(self, body: dict[str, Any]) -> dict[str, Any]:
        """The object as a member, with a name for what it says: see `iomt.cluster.unchanged`."""
        metadata = body["metadata"]
        said = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
        labels = {**metadata["labels"], PART_OF: self.id}
        annotations = {**metadata.get("annotations", {}), SAID: said}
        return {**body, "metadata": {**metadata, "labels": labels, "annotations": annotations}}
