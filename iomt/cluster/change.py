"""What applying an object did to it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from iomt.cluster.api import Body
from iomt.cluster.kinds import Kind


class Effect(Enum):
    """``REFUSED``: the API server said no; ``LEFT``: it is no part of the graph any more and still there."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    PRUNED = "pruned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Change:
    """One object and its fate. ``origin`` is the graph's file:line; ``why`` is told of a refusal."""

    kind: Kind
    name: str
    effect: Effect
    origin: str = ""
    why: str = ""

    @property
    def what(self) -> str:
        """As kubectl names it: `deployment/lake`."""
        return f"{self.kind.name.lower()}/{self.name}"


def effect(before: Body | None, after: Body) -> Effect:
    """Compares what people and controllers of ours write, and nothing that others add to it."""
    if before is None:
        return Effect.CREATED
    return Effect.UNCHANGED if written(before) == written(after) else Effect.CHANGED


def written(body: Body) -> dict[str, Any]:
    """What of an object is somebody's will: its labels, annotations and all but the status."""
    metadata = body["metadata"]
    annotations = {
        name: value
        for name, value in metadata.get("annotations", {}).items()
        if not name.startswith("deployment.kubernetes.io/")  # the controller's count of its own rollouts
    }
    rest = {key: body[key] for key in body if key not in ("metadata", "status", "apiVersion", "kind")}
    return {"labels": metadata.get("labels", {}), "annotations": annotations, **rest}
