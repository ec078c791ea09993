"""What each party of a graph may do, from its links alone: subjects, objects, connections. Pure.

A grant has its reasons with it: the links that it exists for, and the lines of the graph they stand
at. What no link asks for is not here, and what is not here is refused (`iomt.plan.permissions`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from iomt.contract import names
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink

WRITES = ("list", "get", "put", "delete")
READS = ("list", "get")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is granted: a link, or a need of the node itself. ``origin`` is file:line."""

    what: str
    origin: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A NATS subject, perhaps with a wildcard, that may be published or subscribed."""

    subject: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects of one bucket below a prefix (empty: all), and what may be done to them."""

    bucket: str
    prefix: str
    verbs: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Connection:
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


@dataclass(frozen=True, slots=True)
class Grants:
    """All that one party may do. ``name`` is the node's, or `names.BOOTSTRAP` or `names.OBSERVER`."""

    name: str
    origin: str
    publish: tuple[Subject, ...] = ()
    subscribe: tuple[Subject, ...] = ()
    objects: tuple[Objects, ...] = ()
    connections: tuple[Connection, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphGrants:
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
    outgoing: dict[str, list[PlannedLink]] = defaultdict(list)
    for link in plan.links:
        outgoing[link.source].append(link)
    buckets = {device.name: device.bucket for device in plan.devices}
    devices = tuple(_device(plan, device, outgoing[device.name], buckets) for device in plan.devices)
    return GraphGrants(plan.graph, devices, _bootstrap(plan), _observer(plan))


def addresses(device: PlannedDevice) -> Iterator[Address]:
    """Where the options that are URLs lead, never with a user or a password."""
    for option, value in device.options.items():
        if isinstance(value, str) and "://" in value:
            try:
                parts = urlsplit(value)
                host, port = parts.hostname, parts.port
            except ValueError:
                continue
            if host:
                yield Address(option, parts.scheme, host, port)


def _device(
    plan: Plan, device: PlannedDevice, outgoing: list[PlannedLink], buckets: Mapping[str, str]
) -> Grants:
    publish, subscribe = _Collected(), _Collected()
    inbox = f"{names.inbox(plan.graph, device.name)}.>"
    for link in outgoing:
        if link.subject:
            publish.add(link.subject, _because(link))
        if link.stream:
            subscribe.add(inbox, _because(link))  # the stream says there what it has
    for link in device.inputs:
        if link.delivery == "durable":
            publish.add(names.next_message(link.stream, link.consumer), _because(link))
            publish.add(f"{names.acknowledgement(link.stream, link.consumer)}.>", _because(link))
            subscribe.add(inbox, _because(link))
        elif link.subject:
            subscribe.add(link.subject, _because(link))
    return Grants(
        device.name,
        device.origin,
        publish.subjects(),
        subscribe.subjects(),
        objects := tuple(_objects(device, buckets)),
        tuple(_connections(device, outgoing, objects)),
    )


def _objects(device: PlannedDevice, buckets: Mapping[str, str]) -> Iterator[Objects]:
    if device.bucket:
        yield Objects(device.bucket, "", WRITES, (Reason("its own bucket", device.origin),))
    # Listing comes with reading: without it a store says "access denied" of an object that is gone.
    read: dict[str, list[Reason]] = {}
    for link in device.inputs:
        if link.transport == "bucket":
            read.setdefault(buckets[link.source], []).append(_because(link))
    for bucket, reasons in read.items():
        yield Objects(bucket, "", READS, tuple(reasons))


def _connections(
    device: PlannedDevice, outgoing: list[PlannedLink], objects: tuple[Objects, ...]
) -> Iterator[Connection]:
    brokered = [_because(link) for link in (*outgoing, *device.inputs) if link.transport != "http"]
    if brokered:
        yield Connection("broker", "", tuple(brokered))
    if stored := [reason for each in objects for reason in each.reasons]:
        yield Connection("store", "", tuple(stored))
    peers: dict[str, list[Reason]] = {}
    for link in device.inputs:
        if link.transport == "http":
            peers.setdefault(link.source, []).append(_because(link))
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


def _bootstrap(plan: Plan) -> Grants:
    """Makes streams, consumers and buckets, and takes away the consumers that no link has."""
    publish = _Collected()
    for stream, why in _readers(plan).items():
        for subject in (
            f"$JS.API.STREAM.INFO.{stream}",
            f"$JS.API.STREAM.CREATE.{stream}",
            f"$JS.API.STREAM.UPDATE.{stream}",
            f"$JS.API.CONSUMER.LIST.{stream}",
            # Of all consumers, for it takes away those that it does not know.
            f"$JS.API.CONSUMER.DELETE.{stream}.*",
            f"$JS.API.CONSUMER.INFO.{stream}.*",
            f"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.*",
        ):
            publish.add(subject, *why)
    return _caller(plan, names.BOOTSTRAP, publish)


def _observer(plan: Plan) -> Grants:
    """Reads how far durable links are: the books of `iomt run`."""
    publish = _Collected()
    for stream, why in _readers(plan).items():
        publish.add(f"$JS.API.STREAM.INFO.{stream}", *why)
        publish.add(f"$JS.API.CONSUMER.INFO.{stream}.*", *why)
    return _caller(plan, names.OBSERVER, publish)


def _readers(plan: Plan) -> dict[str, list[Reason]]:
    """The streams of a graph, and the links for which they are there."""
    reasons: dict[str, list[Reason]] = {}
    for link in _durable(plan):
        reasons.setdefault(link.stream, []).append(_because(link))
    return reasons


def _caller(plan: Plan, name: str, publish: "_Collected") -> Grants:
    """A party that asks the broker's API and listens to the answers, nothing else."""
    subscribe = _Collected()
    subscribe.add(f"{names.inbox(plan.graph, name)}.>", *(_because(link) for link in _durable(plan)))
    asked = publish.subjects()
    return Grants(name, f"{plan.file}:1", asked, subscribe.subjects() if asked else ())


def _durable(plan: Plan) -> Iterable[PlannedLink]:
    return (link for link in plan.links if link.delivery == "durable")


def _because(link: PlannedLink) -> Reason:
    return Reason(link.name, link.origin)


class _Collected:
    """Subjects in the order they were asked for, each once, with everyone's reason."""

    def __init__(self) -> None:
        self._reasons: dict[str, dict[Reason, None]] = {}

    def add(self, subject: str, *reasons: Reason) -> None:
        self._reasons.setdefault(subject, {}).update(dict.fromkeys(reasons))

    def subjects(self) -> tuple[Subject, ...]:
        return tuple(Subject(subject, tuple(reasons)) for subject, reasons in self._reasons.items())
