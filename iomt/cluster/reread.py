"""Pods that have read a ConfigMap as somebody wrote it by hand, before an apply took it back.

What a pod reads has a digest in its template: a change of the graph makes it anew. A change by hand does not,
nor does taking it back; but a pod that started in between goes on with what it read.
"""

from collections.abc import Iterable, Iterator, Mapping

from iomt.cluster.api import MANAGER, Body


def edited(config_map: Body) -> str:
    """When somebody else last wrote its data; empty where nobody did."""
    return max(
        (
            each.get("time", "")
            for each in config_map["metadata"].get("managedFields", ())
            if each["manager"] != MANAGER and "f:data" in each.get("fieldsV1", {})
        ),
        default="",
    )


def misled(pods: Iterable[Body], taken_back: Mapping[str, str]) -> Iterator[str]:
    """Names of the pods that started after the edit of a ConfigMap they read: by name, when it was."""
    for pod in pods:
        edits = [taken_back[name] for name in _read_by(pod["spec"]) if name in taken_back]
        begun = max((_begun(each) for each in pod["status"].get("containerStatuses", ())), default="")
        # RFC 3339 in UTC, as all times of the API server: later is greater.
        if any(edit <= begun for edit in edits):
            yield pod["metadata"]["name"]


def _read_by(spec: Body) -> Iterator[str]:
    for volume in spec.get("volumes", ()):
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            if "configMap" in source:
                yield source["configMap"]["name"]


def _begun(status: Body) -> str:
    return str(status.get("state", {}).get("running", {}).get("startedAt", ""))
