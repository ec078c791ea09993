"""The one JSON file a device reads at start: a ConfigMap in a pod, a file under `iomt run`.

Credentials are not in it: ``credentials`` names a folder with one file per secret (a mounted
Secret in a pod): ``broker-user``, ``broker-password``, ``store-access-key``, ``store-secret-key``.
"""

import json
from collections.abc import Callable, Iterable
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from operator import attrgetter
from typing import Any, NamedTuple

from iomt.contract.delivery import Delivery, Transport

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
    multipart stream of an http link.
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


def indented(value: Any, margin: str = "", order: Callable[[Any], Iterable[Any]] = sorted) -> str:
    """As `json.dumps` with an indent of 2, in a fifth of its time; a named tuple is an object, by its fields.

    ``order`` is that of the keys of maps; ``margin`` stands before all lines but the first.
    """
    if isinstance(value, str):
        return leaf(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        frame, values, inner = _frame(type(value), margin)
        return frame % tuple([indented(each, inner) for each in values(value)])
    inner = margin + "  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{leaf(name)}: {indented(value[name], inner, order)}" for name in order(value)]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    if isinstance(value, list | tuple) and value:
        lines = [inner + indented(each, inner, order) for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    return leaf(value)


def leaf(value: Any) -> str:
    """A text, a number, or what is empty, as JSON."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is int or (kind is float and isfinite(value)):
        return repr(value)
    return _ENCODE(value)


@cache
def _frame(kind: type[tuple[Any, ...]], margin: str) -> tuple[str, Callable[[Any], tuple[Any, ...]], str]:
    """How a part of settings looks around its values, what these are in that order, and their margin."""
    names = sorted(kind._fields)  # type: ignore[attr-defined]
    inner = margin + "  "
    lines = ",\n".join([f"{inner}{leaf(name)}: %s" for name in names])
    return f"{{\n{lines}\n{margin}}}", attrgetter(*names), inner


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
