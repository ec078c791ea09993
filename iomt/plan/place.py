"""From the Plan and a place (addresses, folders) to the settings file of one device."""

from collections.abc import Callable
from typing import NamedTuple

from iomt.contract import http
from iomt.contract.settings import Input, Output, Settings
from iomt.plan.plan import Plan, PlannedDevice, PlannedLink


class Place(NamedTuple):
    """Where one device runs. ``peer`` gives the base URL of another device by its node's name."""

    host: str
    http_port: int
    broker: str
    store: str
    credentials: str
    state_dir: str
    peer: Callable[[str], str]


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
        inputs=tuple([_input(link, place) for link in device.inputs]),
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


def _input(link: PlannedLink, place: Place) -> Input:
    url = place.peer(link.source) + http.stream(link.source_port) if link.transport == "http" else ""
    made = (
        link.name, link.target_port, link.source, link.delivery, link.transport, link.subject, link.stream,
        link.consumer, url, link.max_rate, link.buffer if link.delivery == "latest" else 1,
    )  # fmt: skip
    told: Input = tuple.__new__(Input, made)  # what the constructor does, at half its cost
    return told
