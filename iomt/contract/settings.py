"""The one JSON file a device reads at start: a ConfigMap in a pod, a file under `iomt run`.

Credentials are not in it: ``credentials`` names a folder with one file per secret (a mounted
Secret in a pod): ``broker-user``, ``broker-password``, ``store-access-key``, ``store-secret-key``.
"""

import json
from typing import Any, NamedTuple

from iomt.contract.delivery import Delivery, Transport
from iomt.contract.indented import indented

VERSION = 1

BROKER_USER, BROKER_PASSWORD = "broker-user", "broker-password"
STORE_ACCESS_KEY, STORE_SECRET_KEY = "store-access-key", "store-secret-key"


class BadSettings(ValueError):
    """A settings file that this version of the runtime cannot use."""


class Output(NamedTuple):
    """One output port. ``stream`` is the JetStream stream behind it, empty without durable readers."""

    port: str
    media: str
    subject: str
    stream: str = ""


class Input(NamedTuple):
    """One incoming link.

    ``link`` is its name in accounts; ``port`` the input port. ``max_rate`` is messages per second
    (0: all). ``buffer`` is how many of the newest messages a latest link keeps. ``url`` is the
    multipart stream of an http link. ``queue`` is the NATS queue group in which the replicas of a node
    share a latest link, empty where there is one replica, or each hears all.
    """

    link: str
    port: str
    source: str
    delivery: Delivery
    transport: Transport
    subject: str = ""
    stream: str = ""
    consumer: str = ""
    url: str = ""
    max_rate: float = 0.0
    buffer: int = 1
    queue: str = ""


class Settings(NamedTuple):
    """Everything one device is told. ``origin`` is the graph's file:line that the node stands at.

    ``state_dir`` holds the ledger (exact counts) and must outlive a restart of the process.
    ``broker`` and ``store`` are URLs, empty where the node needs neither. ``model`` is a Hugging
    Face id or an absolute folder; ``task`` is empty when only the model's config can tell.
    """

    graph: str
    node: str
    kind: str
    device: str
    runtime: str
    origin: str
    options: dict[str, Any]
    outputs: tuple[Output, ...]
    inputs: tuple[Input, ...]
    host: str
    http_port: int
    broker: str
    store: str
    bucket: str
    credentials: str
    state_dir: str
    model: str = ""
    revision: str = ""
    task: str = ""
    version: int = VERSION

    def to_json(self) -> str:
        """Sorted and indented: the same settings give the same bytes."""
        return indented(self)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Read back what `to_json` wrote. Raises `BadSettings` for anything else."""
        try:
            data = json.loads(text)
            if data["version"] != VERSION:
                raise BadSettings(f"settings version {data['version']}, this runtime reads {VERSION}")
            data["outputs"] = tuple(Output(**each) for each in data["outputs"])
            data["inputs"] = tuple(Input(**each) for each in data["inputs"])
            return cls(**data)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise BadSettings(f"not a settings file of iomt: {error}") from error
