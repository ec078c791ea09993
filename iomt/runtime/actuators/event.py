"""What an alarm tells the world when it fires."""

import json
from dataclasses import dataclass

from iomt.contract.results import Result


@dataclass(frozen=True, slots=True)
class Event:
    """One firing.

    ``id`` is the same for every attempt to act on it, so that a receiver can tell a retry from a
    second alarm. ``graph`` and ``node`` name the actuator, ``source`` the sensor. ``condition`` is
    the text of `when`, empty without one; it has been true since the capture time ``since_ns``.
    ``captured_ns`` is the capture time of the frame that fired. ``result`` is what the analyzer
    said of it, None when a person asked for the action.
    """

    id: str
    graph: str
    node: str
    source: str
    condition: str
    captured_ns: int
    since_ns: int
    result: Result | None = None

    def found(self) -> dict[str, int]:
        """How many items of each label the result has."""
        counts: dict[str, int] = {}
        for item in self.result.items if self.result else ():
            counts[item.label] = counts.get(item.label, 0) + 1
        return counts

    def to_json(self) -> bytes:
        """One JSON document on one line, UTF-8; ``result`` as the analyzer published it."""
        document = {
            "id": self.id,
            "graph": self.graph,
            "node": self.node,
            "source": self.source,
            "condition": self.condition,
            "captured_ns": self.captured_ns,
            "since_ns": self.since_ns,
            "found": self.found(),
            "result": json.loads(self.result.to_json()) if self.result else None,
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
