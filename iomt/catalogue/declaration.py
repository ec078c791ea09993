"""What a device declaration says, as the checks, the plan and the docs read it."""

from typing import Any, NamedTuple

from iomt.contract.settings import Delivery
from iomt.diagnostics.finding import Span
from iomt.language.graph import NOTHING, Kind


class Port(NamedTuple):
    """A port of a device.

    ``media`` are the types it takes (any of them) or gives (the first). ``like`` names the input
    port whose media an output repeats (a lake gives what it was given). ``delivery`` is the default
    of links that end here.
    """

    name: str
    media: tuple[str, ...]
    delivery: Delivery = "latest"
    like: str = ""


class Weights(NamedTuple):
    """A model's weights: how many bytes, and ``safetensors`` or ``pickle``. 0 and empty: not known."""

    bytes: int = 0
    format: str = ""


class ModelInput(NamedTuple):
    """What a model makes of its input: pixels, and samples per second. 0: not known, or it has none."""

    width: int = 0
    height: int = 0
    sample_rate: int = 0


class Profile(NamedTuple):
    """What one replica of a device gives and costs; None where nobody said or measured it.

    ``rate`` is messages per second and ``bytes`` the size of one message, of each output. ``seconds``
    is what one message takes, half of them less, and ``slowest`` what only one in twenty exceeds.
    ``memory`` is bytes, ``cores`` what it keeps busy, ``startup`` seconds until it is ready.
    ``machine`` says where it was measured, empty where it was only declared.
    """

    rate: float | None = None
    bytes: int | None = None
    seconds: float | None = None
    slowest: float | None = None
    memory: int | None = None
    cores: float | None = None
    startup: float | None = None
    machine: str = ""

    def over(self, other: "Profile") -> "Profile":
        """What this one says, and what the other says of the rest."""
        mine = {name: value for name in _FIGURES if (value := getattr(self, name)) is not None}
        return other._replace(**mine, machine=self.machine or other.machine)


NO_PROFILE = Profile()
_FIGURES = ("rate", "bytes", "seconds", "slowest", "memory", "cores", "startup")


class Device(NamedTuple):
    """One declaration. ``runtime`` is ``module:Class`` of what runs, empty where nothing does yet;
    ``options`` a JSON Schema.

    ``paths`` are the options that name files beside the graph; ``listens`` the option with a TCP
    port that the user opens; ``needs`` what must be there beyond the broker: ``store``.

    For an analyzer that is declared with its model: ``model`` as written (a folder is relative to
    the declaration, whose file ``model_span`` names), ``revision`` a commit, tag or branch,
    ``licence`` an identifier such as ``apache-2.0``; ``custom_code`` tells that it comes with a
    program of its own.
    """

    name: str
    kind: Kind
    summary: str
    runtime: str
    accepts: tuple[Port, ...] = ()
    produces: tuple[Port, ...] = ()
    options: dict[str, Any] = NOTHING
    paths: tuple[str, ...] = ()
    listens: str = ""
    needs: tuple[str, ...] = ()
    model: str = ""
    task: str = ""
    labels: tuple[str, ...] = ()
    revision: str = ""
    licence: str = ""
    input: ModelInput = ModelInput()
    weights: Weights = Weights()
    custom_code: bool = False
    profile: Profile = NO_PROFILE
    model_span: Span | None = None
