"""What a device implements; the shell around it does connections, counts, health and shutdown."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from starlette.routing import BaseRoute

from iomt.contract.envelope import Envelope
from iomt.contract.ledger import Ledger
from iomt.contract.settings import Input, Settings
from iomt.runtime.objects import ObjectStore


class PermanentFault(Exception):
    """The node's own options cannot work; no retry helps. The text tells the user what to do."""


class SourceFault(Exception):
    """A source is away or broken for now; the shell opens it again after a pause."""


class Rejected(Exception):
    """A message that can never be handled (no image, wrong type): counted as `unreadable`."""


class Failed(Exception):
    """The effect did not happen this time (a webhook said 500): tried again on durable links."""


class GaveUp(Exception):
    """The effect did not happen and will not be tried again: counted as `gave-up`."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an input. ``attempt`` counts deliveries from 1; ``body`` is the media itself."""

    envelope: Envelope
    body: bytes
    input: Input
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Capture:
    """What a sensor gives: media bytes, when they were captured (ns, UTC), pixels if an image."""

    body: bytes
    captured_ns: int
    media_type: str
    width: int = 0
    height: int = 0


class Publish(Protocol):
    """Sends one item through an output port.

    Without ``origin`` the item is a sensor's own; with it, source, frame, capture time and trace
    are those of the message it was made from. Returns once the item is safe (accepted by the
    stream of a durable link) or, on a port without durable readers, at once. ``claim`` is
    ``bucket/key`` where the bytes are in the object store and the message only points there.
    """

    async def __call__(
        self, port: str, capture: Capture, origin: Envelope | None = None, claim: str = ""
    ) -> None:
        """See the class."""


@dataclass(slots=True)
class State:
    """What ``/readyz`` tells: a word for people, and whether the device does its job now."""

    word: str = "starting"
    ready: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the shell hands to a device. ``objects`` is set where the device needs a store; ``revealed``
    are the options with the secrets that they refer to.
    """

    settings: Settings
    ledger: Ledger
    log: logging.Logger
    state: State
    publish: Publish
    objects: ObjectStore | None = None
    revealed: dict[str, Any] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The node's options: checked against the declaration, defaults and secrets filled in."""
        return self.settings.options if self.revealed is None else self.revealed

    @property
    def state_dir(self) -> Path:
        """A folder of the node's own that outlives its process."""
        return Path(self.settings.state_dir)


class Device:
    """A device that handles messages. Subclasses: analyzers, storages, actuators."""

    concurrency = 1
    """How many messages may be in `handle` at once; 1 keeps them in order."""

    def __init__(self, context: Context) -> None:
        self.context = context

    async def prepare(self) -> None:
        """Load, open, connect; the device is not ready before this returns."""

    async def handle(self, message: Message) -> None:
        """Do the whole effect of one message; returning acknowledges it.

        Raises `Rejected` or `Failed`; any other exception counts as failed and is logged.
        """
        raise NotImplementedError

    async def release(self) -> None:
        """The device is asked to stop: have messages that wait inside `handle` come to their end."""

    async def drain(self) -> None:
        """Finish what was taken; called once, after the inputs have stopped."""

    def routes(self) -> Sequence[BaseRoute]:
        """HTTP routes of its own beside the common ones."""
        return ()


class Sensor:
    """A device that captures. The shell iterates `open` in a thread of its own."""

    live = True
    """Whether the world goes on without us (a camera). A source that is not live (a file read as
    fast as possible) waits for room instead of dropping."""

    port = "frames"

    def __init__(self, context: Context) -> None:
        self.context = context

    def open(self) -> Iterator[Capture]:
        """Blocking: open the source and give its items; ends when the source ends.

        Raises `SourceFault` when it is away (opened again after a pause), `PermanentFault` when
        it can never work. Must never block for longer than ``stall_seconds``.
        """
        raise NotImplementedError

    stall_seconds: float = 5.0
    """How long the shell waits for an item before it calls the source stalled."""
