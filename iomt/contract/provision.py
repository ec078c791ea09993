"""What must exist in the broker and the store before the first device starts."""

import json
from typing import NamedTuple

from iomt.contract.indented import indented
from iomt.contract.settings import BadSettings


class Stream(NamedTuple):
    """A JetStream stream behind one output port. ``max_bytes`` 0: as much as the broker has."""

    name: str
    subject: str
    max_bytes: int


class Consumer(NamedTuple):
    """A durable consumer: one durable link's place in its stream."""

    name: str
    stream: str


class StoreUser(NamedTuple):
    """An account at the object store: its policy (IAM's JSON), and the folder with its two secrets.

    Both user and policy are called ``name``; the secret ``store-access-key`` says the same.
    """

    name: str
    policy: str
    credentials: str


class Provision(NamedTuple):
    """Settings of the bootstrap: where broker and store are, and what they must hold.

    ``complete``: these are all readers of the streams, so that the place of a reader that left the
    graph is given up (it would keep every message for somebody who never comes). ``replicas``: how many
    servers of the broker keep each stream.
    """

    graph: str
    broker: str
    store: str
    credentials: str
    streams: tuple[Stream, ...]
    consumers: tuple[Consumer, ...]
    buckets: tuple[str, ...]
    complete: bool
    users: tuple[StoreUser, ...] | None = None
    replicas: int = 1

    def to_json(self) -> str:
        """The same provision gives the same bytes."""
        return indented(self)

    @classmethod
    def from_json(cls, text: str) -> "Provision":
        """Read back what `to_json` wrote. Raises `BadSettings`."""
        try:
            data = json.loads(text)
            data["streams"] = tuple(Stream(**each) for each in data["streams"])
            data["consumers"] = tuple(Consumer(**each) for each in data["consumers"])
            data["buckets"] = tuple(data["buckets"])
            if data.get("users") is not None:
                data["users"] = tuple(StoreUser(**each) for each in data["users"])
            return cls(**data)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise BadSettings(f"not a provision file of iomt: {error}") from error
