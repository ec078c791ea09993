"""What each party of a graph may do, from its links alone: subjects, objects, connections. Pure.

A grant has its reasons with it: the links that it exists for, and the lines of the graph they stand
at. What no link asks for is not here, and what is not here is refused (`iomt.plan.permissions`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from iomt.contract import names
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink

WRITES = ("list", "get", "put", "delete")
READS = ("list", "get")
_make = tuple.__new__  # what the constructor of a named tuple does, at half its cost


_SIMPLE = re.compile(
    r"([a-z][a-z0-9+.-]*)://(?:[!-.0->A-Z^-~]*@)?([A-Za-z0-9.-]+)(?::([0-9]{1,4}))?(?:[/?#][ -~]*)?"
)
"""URLs in which `urlsplit` finds the same."""


class Reason(NamedTuple):
    """Why something is granted: a link, or a need of the node itself. ``origin`` is file:line."""

    what: str
    origin: str


class Subject(NamedTuple):
    """A NATS subject, perhaps with a wildcard, that may be published or subscribed."""

    subject: str
    reasons: tuple[Reason, ...]


class Objects(NamedTuple):
    """Objects of one bucket below a prefix (empty: all), and what may be done to them."""

    bucket: str
    prefix: str
    verbs: tuple[str, ...]
    reasons: tuple[Reason, ...]


class Connection(NamedTuple):
    """A TCP connection that may be opened by the node, or, for its ``page``, by people to the node.

    ``to`` is another node (``peer``), or host or host:port of an option of the node's (``outside``);
    empty for the broker, the object store and the hub that a model is fetched from.
    """

    kind: Literal["broker", "store", "peer", "outside", "hub", "page"]
    to: str
    reasons: tuple[Reason, ...]


class Address(NamedTuple):
    """Where a URL among the options of a device leads. ``port`` is None where the URL has none."""

    option: str
    scheme: str
    host: str
    port: int | None


class Grants(NamedTuple):
    """All that one party may do. ``name`` is the node's, or `names.BOOTSTRAP` or `names.OBSERVER`."""

    name: str
    origin: str
    publish: tuple[Subject, ...] = ()
    subscribe: tuple[Subject, ...] = ()
    objects: tuple[Objects, ...] = ()
    connections: tuple[Connection, ...] = ()


class GraphGrants(NamedTuple):
    """All parties of a graph: its devices, who makes the streams, and who reads the broker's figures."""

    graph: str
    devices: tuple[Grants, ...]
    bootstrap: Grants
    observer: Grants

    @property
    def at_broker(self) -> tuple[Grants, ...]:
        """Everyone who needs an account there."""
        parties = (*self.devices, self.bootstrap, self.observer)
        return tuple(each for each in parties if each.publish or each.subscribe)

    @property
    def at_store(self) -> tuple[Grants, ...]:
        """The devices that need an account there."""
        return tuple(each for each in self.devices if each.objects)


def grants(plan: Plan) -> GraphGrants:
    """The grants of a whole graph."""
    links = _Links(plan)
    buckets = {device.name: device.bucket for device in plan.devices}
    devices = tuple([_device(plan.graph, device, links, buckets) for device in plan.devices])
    durable = [each for each in links.all if each.link.delivery == "durable"]
    return GraphGrants(plan.graph, devices, _bootstrap(plan, durable), _observer(plan, durable))


def addresses(device: PlannedDevice) -> Iterator[Address]:
    """Where the options that are URLs lead, never with a user or a password."""
    for option, value in device.options.items():
        if isinstance(value, str) and "://" in value and (found := _read(option, value)):
            yield found


def _read(option: str, url: str) -> Address | None:
    if simple := _SIMPLE.fullmatch(url):
        scheme, name, number = simple.groups()
        return Address(option, scheme, name.lower(), int(number) if number else None)
    from urllib.parse import urlsplit  # takes longer to import than a small graph to plan

    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return Address(option, parts.scheme, host, port) if host else None


class _Because(NamedTuple):
    """A link and what it is as a reason: there is one, however much it is the reason for."""

    link: PlannedLink
    reason: Reason


class _Links:
    """The links of a graph by where they begin and where they end, in the order of the graph."""

    def __init__(self, plan: Plan) -> None:
        self.all: list[_Because] = [
            _make(_Because, (link, _make(Reason, (link.name, link.origin)))) for link in plan.links
        ]
        self.out_of: dict[str, list[_Because]] = defaultdict(list)
        self.into: dict[str, list[_Because]] = defaultdict(list)
        for each in self.all:
            link = each.link
            self.out_of[link.source].append(each)
            self.into[link.target].append(each)


def _device(graph: str, device: PlannedDevice, links: _Links, buckets: Mapping[str, str]) -> Grants:
    publish, subscribe = _Collected(), _Collected()
    inbox = f"{names.inbox(graph, device.name)}.>"
    outgoing, incoming = links.out_of[device.name], links.into[device.name]
    for link, reason in outgoing:
        if link.subject:
            publish[link.subject].append(reason)
        if link.stream:
            subscribe[inbox].append(reason)  # the stream says there what it has
    for link, reason in incoming:
        if link.delivery == "durable":
            stream, consumer = link.stream, link.consumer
            publish[names.next_message(stream, consumer)].append(reason)
            publish[f"{names.acknowledgement(stream, consumer)}.>"].append(reason)
            subscribe[inbox].append(reason)
        elif link.subject:
            subscribe[link.subject].append(reason)
    return Grants(
        device.name,
        device.origin,
        publish.subjects(),
        subscribe.subjects(),
        objects := tuple(_objects(device, incoming, buckets)),
        tuple(_connections(device, outgoing, incoming, objects)),
    )


def _objects(
    device: PlannedDevice, incoming: list[_Because], buckets: Mapping[str, str]
) -> Iterator[Objects]:
    if device.bucket:
        yield Objects(device.bucket, "", WRITES, (Reason("its own bucket", device.origin),))
    # Listing comes with reading: without it a store says "access denied" of an object that is gone.
    read: dict[str, list[Reason]] = {}
    for link, reason in incoming:
        if link.transport == "bucket":
            read.setdefault(buckets[link.source], []).append(reason)
    for bucket, reasons in read.items():
        yield Objects(bucket, "", READS, tuple(reasons))


def _connections(
    device: PlannedDevice,
    outgoing: list[_Because],
    incoming: list[_Because],
    objects: tuple[Objects, ...],
) -> Iterator[Connection]:
    brokered = [reason for link, reason in (*outgoing, *incoming) if link.transport != "http"]
    if brokered:
        yield Connection("broker", "", tuple(brokered))
    if stored := [reason for each in objects for reason in each.reasons]:
        yield Connection("store", "", tuple(stored))
    peers: dict[str, list[Reason]] = {}
    for link, reason in incoming:
        if link.transport == "http":
            peers.setdefault(link.source, []).append(reason)
    for peer, reasons in peers.items():
        yield Connection("peer", peer, tuple(reasons))
    for option, _, host, port in addresses(device):
        bracketed = f"[{host}]" if ":" in host else host
        address = f"{bracketed}:{port}" if port else bracketed
        yield Connection("outside", address, (Reason(f"option {option}", device.origin),))
    if device.model and not device.model.startswith("/"):
        yield Connection("hub", "", (Reason(f"model {device.model}", device.origin),))
    if device.page:
        yield Connection("page", "", (Reason("its page", device.origin),))


def _bootstrap(plan: Plan, durable: list[_Because]) -> Grants:
    """Makes streams, consumers and buckets, and takes away the consumers that no link has."""
    asked = [
        _make(Subject, (f"$JS.API.{request}", why))
        for stream, why in _streams(durable)
        for request in (
            f"STREAM.INFO.{stream}",
            f"STREAM.CREATE.{stream}",
            f"STREAM.UPDATE.{stream}",
            f"CONSUMER.LIST.{stream}",
            # Of all consumers, for it takes away those that it does not know.
            f"CONSUMER.DELETE.{stream}.*",
            f"CONSUMER.INFO.{stream}.*",
            f"CONSUMER.DURABLE.CREATE.{stream}.*",
        )
    ]
    return _caller(plan, names.BOOTSTRAP, asked, durable)


def _observer(plan: Plan, durable: list[_Because]) -> Grants:
    """Reads how far durable links are: the books of `iomt run`."""
    asked = [
        _make(Subject, (f"$JS.API.{request}", why))
        for stream, why in _streams(durable)
        for request in (f"STREAM.INFO.{stream}", f"CONSUMER.INFO.{stream}.*")
    ]
    return _caller(plan, names.OBSERVER, asked, durable)


def _caller(plan: Plan, name: str, asked: list[Subject], durable: list[_Because]) -> Grants:
    """A party that asks the broker's API and listens to the answers, nothing else."""
    reasons = dict.fromkeys([each.reason for each in durable])
    inbox = Subject(f"{names.inbox(plan.graph, name)}.>", tuple(reasons))
    return Grants(name, f"{plan.file}:1", tuple(asked), (inbox,) if asked else ())


def _streams(durable: list[_Because]) -> tuple[Subject, ...]:
    """The streams of a graph, and the links for which they are there."""
    found = _Collected()
    for link, reason in durable:
        found[link.stream].append(reason)
    return found.subjects()


class _Collected(defaultdict[str, list[Reason]]):
    """Subjects in the order they were asked for, with everyone's reason."""

    def __init__(self) -> None:
        super().__init__(list)

    def subjects(self) -> tuple[Subject, ...]:
        """Each with each reason once."""
        return tuple(
            [
                _make(Subject, (subject, tuple(reasons if len(reasons) == 1 else dict.fromkeys(reasons))))
                for subject, reasons in self.items()
            ]
        )
