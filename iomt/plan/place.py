"""From the Plan and a place (addresses, folders) to the settings file of one device."""

from collections.abc import Callable
from typing import NamedTuple

from iomt.contract import http, names
from iomt.contract.settings import Input, Output, Settings
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink


class Place(NamedTuple):
    """Where one device runs. ``peer`` gives the base URL of another device by its node's name;
    ``replicates`` tells whether there may be several of it.
    """

    host: str
    http_port: int
    broker: str
    store: str
    credentials: str
    state_dir: str
    peer: Callable[[str], str]
    replicates: bool = False


def settings(plan: Plan, device: PlannedDevice, place: Place) -> Settings:
    """What the device is told there."""
    return Settings(
        graph=plan.graph,
        node=device.name,
        kind=device.kind,
        device=device.device,
        runtime=device.runtime,
        origin=device.origin,
        options=device.options,
        outputs=tuple([Output(*each) for each in device.outputs]),
        inputs=tuple([_input(link, device, place) for link in device.inputs]),
        host=place.host,
        http_port=place.http_port,
        broker=place.broker if device.broker else "",
        store=place.store if device.store else "",
        bucket=device.bucket,
        credentials=place.credentials,
        state_dir=place.state_dir,
        model=device.model,
        revision=device.revision,
        task=device.task,
    )


def queue(link: PlannedLink, device: PlannedDevice) -> str:
    """The group in which the replicas of an analyzer share a latest link, empty where each hears all.

    A model judges each message for itself. A converter may need those before, and what comes into its
    other port; and whoever follows a stream over http follows all of it.
    """
    is_alone = device.replicas == 1 and device.autoscale is None
    if is_alone or not device.model or link.delivery != "latest" or link.transport != "nats":
        return ""
    return names.consumer(link.target, link.target_port)


def _input(link: PlannedLink, device: PlannedDevice, place: Place) -> Input:
    url = place.peer(link.source) + http.stream(link.source_port) if link.transport == "http" else ""
    made = (
        link.name, link.target_port, link.source, link.delivery, link.transport, link.subject, link.stream,
        link.consumer, url, link.max_rate, link.buffer if link.delivery == "latest" else 1,
        queue(link, device) if place.replicates else "",
    )  # fmt: skip
    told: Input = tuple.__new__(Input, made)  # what the constructor does, at half its cost
    return told
