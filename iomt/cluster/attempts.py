"""What `iomt prove` tries: all that links allow, and all that somebody could want besides. Pure."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from iomt.contract import names
from iomt.plan.grants import Grants, GraphGrants, Reason, Subject
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.place import BROKER, BROKER_PORT, HTTP_PORT, MONITOR_PORT, STORE, STORE_PORT

Way = Literal["publish", "subscribe", "objects", "connect"]
_VERBS = ("list", "get", "put", "delete")
_WIDE = (">", "iomt.>", "_INBOX.>", "$JS.>")
_NEVER = "1.99999999.99999999.0.0"
"""The end of an acknowledgement of what was never delivered."""


class Attempt(NamedTuple):
    """One try of a node's. ``to`` is the node or part that it concerns; ``what`` a subject, ``verb bucket``
    or ``party:port``; ``reasons`` are why it is allowed, and empty where it is not.
    """

    node: str
    way: Way
    to: str
    what: str
    reasons: tuple[Reason, ...]


def attempts(plan: Plan, held: GraphGrants) -> Iterator[Attempt]:
    """All of a graph, device by device."""
    publish, subscribe = tuple(_published(plan)), tuple(_subscribed(plan))
    for party in held.devices:
        for to, subject in publish:
            yield Attempt(party.name, "publish", to, subject, _why(party.publish, subject))
        for to, subject in subscribe:
            yield Attempt(party.name, "subscribe", to, subject, _why(party.subscribe, subject))
        for device in plan.devices:
            if device.bucket:
                for verb in _VERBS:
                    why = tuple(
                        reason
                        for each in party.objects
                        if each.bucket == device.bucket and verb in each.verbs
                        for reason in each.reasons
                    )
                    yield Attempt(party.name, "objects", device.name, f"{verb} {device.bucket}", why)
        yield from _connections(plan, party)


def _published(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every subject of the graph, and requests of JetStream's API that take from others or destroy."""
    for device in plan.devices:
        for port in device.outputs:
            yield device.name, names.subject(plan.graph, device.name, port.port)
    for stream in plan.streams:
        owner = stream.subject.split(".")[2]
        for verb in ("DELETE", "PURGE", "UPDATE"):
            yield owner, f"$JS.API.STREAM.{verb}.{stream.name}"
    yield BROKER, "$JS.API.STREAM.CREATE.iomt-probe"
    readers = {(link.stream, link.consumer): link.target for link in plan.links if link.consumer}
    for consumer in plan.consumers:
        reader = readers[consumer.stream, consumer.name]
        yield reader, names.next_message(consumer.stream, consumer.name)
        yield reader, f"{names.acknowledgement(consumer.stream, consumer.name)}.{_NEVER}"
        yield reader, f"$JS.API.CONSUMER.DELETE.{consumer.stream}.{consumer.name}"


def _subscribed(plan: Plan) -> Iterator[tuple[str, str]]:
    for device in plan.devices:
        for port in device.outputs:
            yield device.name, names.subject(plan.graph, device.name, port.port)
        yield device.name, f"{names.inbox(plan.graph, device.name)}.iomt-probe"
    for party in (names.BOOTSTRAP, names.OBSERVER):
        yield BROKER, f"{names.inbox(plan.graph, party)}.iomt-probe"
    for subject in _WIDE:
        yield BROKER, subject


def _connections(plan: Plan, party: Grants) -> Iterator[Attempt]:
    allowed = {(each.kind, each.to): each.reasons for each in party.connections}
    for device in plan.devices:
        if device.name != party.name:
            yield Attempt(
                party.name,
                "connect",
                device.name,
                f"{device.name}:{HTTP_PORT}",
                allowed.get(("peer", device.name), ()),
            )
    for part, port, kind in (
        (BROKER, BROKER_PORT, "broker"),
        (BROKER, MONITOR_PORT, ""),
        (STORE, STORE_PORT, "store"),
    ):
        why = next((reasons for (each, _), reasons in allowed.items() if each == kind), ())
        yield Attempt(party.name, "connect", part, f"{part}:{port}", why)


def _why(granted: Iterable[Subject], subject: str) -> tuple[Reason, ...]:
    return next((each.reasons for each in granted if _covers(each.subject, subject)), ())


def _covers(pattern: str, subject: str) -> bool:
    """As nats-server matches them; what is tried has wildcards only where nothing may cover it."""
    wanted, given = pattern.split("."), subject.split(".")
    for at, token in enumerate(wanted):
        if token == ">":
            return len(given) > at
        if at >= len(given) or token not in ("*", given[at]):
            return False
    return len(wanted) == len(given)
