"""What must exist in the broker and the store before the first device starts."""

import json
from collections.abc import Sequence
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

    def parts(self, most: int) -> list[str]:
        """As JSON, in as many parts as need no more than ``most`` characters each; `together` joins them."""
        whole, count = self.to_json(), 1
        found = [whole]
        while any(len(each) > most for each in found) and count <= self._items:
            count = max(count + 1, len(whole) // most)
            found = [self._part(number, count).to_json() for number in range(count)]
        return found

    @property
    def _items(self) -> int:
        return len(self.streams) + len(self.consumers) + len(self.buckets) + len(self.users or ())

    def _part(self, number: int, count: int) -> "Provision":
        return self._replace(
            streams=self.streams[number::count],
            consumers=self.consumers[number::count],
            buckets=self.buckets[number::count],
            users=self.users and self.users[number::count],
        )

    @classmethod
    def together(cls, parts: Sequence["Provision"]) -> "Provision":
        """What was written in parts, of which there is at least one."""
        return parts[0]._replace(
            streams=tuple([each for part in parts for each in part.streams]),
            consumers=tuple([each for part in parts for each in part.consumers]),
            buckets=tuple([each for part in parts for each in part.buckets]),
            users=parts[0].users and tuple([each for part in parts for each in part.users or ()]),
        )

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
