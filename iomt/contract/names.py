"""Every derived name in one place: subjects, streams, consumers, buckets, object keys.

Node and graph names are DNS-1123 labels (no ``.`` and no ``_``), so ``.`` separates
subject tokens and ``_`` the parts of stream and consumer names without ambiguity.
"""

import time

SUBJECT_ROOT = "iomt"
BOOTSTRAP, OBSERVER, ROUTES = "_bootstrap", "_observer", "_routes"
"""Parties of a graph that are no node: who makes the streams, who reads the broker's figures, and the
broker's servers among each other."""


def subject(graph: str, node: str, port: str) -> str:
    """NATS subject of one output port."""
    return f"{SUBJECT_ROOT}.{graph}.{node}.{port}"


def stream(graph: str, node: str, port: str) -> str:
    """JetStream stream that keeps one output port for its durable readers."""
    return f"{graph}_{node}_{port}"


def consumer(node: str, port: str) -> str:
    """Durable JetStream consumer of one input port, within the stream of its source."""
    return f"{node}_{port}"


def next_message(stream: str, consumer: str) -> str:
    """Where a reader asks for the next messages of its consumer (JetStream's API)."""
    return f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"


def acknowledgement(stream: str, consumer: str) -> str:
    """What the subjects begin with on which a reader says what became of a message."""
    return f"$JS.ACK.{stream}.{consumer}"


def inbox(graph: str, party: str) -> str:
    """What the subjects begin with on which a party gets answers, and nobody else."""
    return f"_INBOX.{graph}.{party}"


def account(graph: str, party: str) -> str:
    """Who a party is for broker and store: user, access key, and the name of its policy."""
    return f"{graph}.{party}"


def bucket(graph: str, node: str) -> str:
    """S3 bucket of one storage."""
    return f"{graph}-{node}"


def link(from_node: str, from_port: str, to_node: str, to_port: str) -> str:
    """How a link is called in metrics, tables and accounts."""
    return f"{from_node}.{from_port}->{to_node}.{to_port}"


def message_id(node: str, port: str, epoch: int, sequence: int) -> str:
    """``Nats-Msg-Id``: the same for every retry, so that the broker stores a message once."""
    return f"{node}.{port}.{epoch:x}.{sequence}"


def object_key(
    source: str, captured_ns: int, sequence: int, extension: str, part: int = 0, maker: str = ""
) -> str:
    """Key of one stored item: a redelivered message overwrites its own object.

    ``maker`` is the node that made it of the source's item, ``part`` tells several of them apart.

    Sorted by source, then by capture time (UTC); one folder an hour keeps listings small.
    """
    hour = time.strftime("%Y/%m/%d/%H", time.gmtime(captured_ns // 1_000_000_000))
    folder = f"{source}/{maker}" if maker else source
    number = f"{sequence:09d}.{part}" if part else f"{sequence:09d}"
    return f"{folder}/{hour}/{captured_ns:019d}-{number}.{extension}"
