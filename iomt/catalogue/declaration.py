"""What a device declaration says, as the checks, the plan and the docs read it."""

from dataclasses import dataclass, field
from typing import Any

from iomt.contract.settings import Delivery
from iomt.language.graph import Kind


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a device.

    ``media`` are the types it takes (any of them) or gives (the first). ``like`` names the input
    port whose media an output repeats (a lake gives what it was given). ``delivery`` is the default
    of links that end here.
    """

    name: str
    media: tuple[str, ...]
    delivery: Delivery = "latest"
    like: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """One declaration. ``runtime`` is ``module:Class`` of what runs; ``options`` a JSON Schema.

    ``paths`` are the options that name files beside the graph; ``listens`` the option with a TCP
    port that the user opens; ``needs`` what must be there beyond the broker: ``store``.
    """

    name: str
    kind: Kind
    summary: str
    runtime: str
    accepts: tuple[Port, ...] = ()
    produces: tuple[Port, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    listens: str = ""
    needs: tuple[str, ...] = ()
    model: str = ""
    task: str = ""
    labels: tuple[str, ...] = ()
