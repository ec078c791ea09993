"""A device's context for tests that have no shell around it: what it publishes is collected."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.settings import Settings
from iomt.runtime.device import Capture, Context, State


@dataclass
class Published:
    """What a device gave, in order: port, item, and the envelope it was made from."""

    items: list[tuple[str, Capture, Envelope | None]] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    async def __call__(
        self, port: str, capture: Capture, origin: Envelope | None = None, claim: str = "", part: int = 0
    ) -> None:
        self.items.append((port, capture, origin))
        self.parts.append(part)


def make_context(
    folder: Path, options: dict[str, Any] | None = None, model: str = "", revision: str = "", task: str = ""
) -> Context:
    settings = Settings(
        graph="test", node="node", kind="MSensor", device="device", runtime="", origin="graph.yaml:1",
        options=options or {}, outputs=(), inputs=(), host="127.0.0.1", http_port=0, broker="", store="",
        bucket="", credentials="", state_dir=str(folder), model=model, revision=revision, task=task,
    )  # fmt: skip
    log = logging.getLogger("iomt.test")
    return Context(settings, Ledger(folder / "ledger"), log, State(), Published())
