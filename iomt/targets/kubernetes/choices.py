"""What whoever deploys decides, and no graph does: namespace, images, and what runs beside the devices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from iomt import __version__
from iomt.plan.plan import PlannedDevice
from iomt.targets.kubernetes.around.asked import Asked

ModelsKept = Literal["volume", "shared", "claim", "image", "pod"]
"""Where models of the hub are: a volume of one machine at a time, one that several write to, a claim or
an image that somebody has filled, or each pod for itself."""
PARTS = ("device", "analyzer", "nats", "store")
"""Images, by what they are for. k8s/images has a Dockerfile of that name for each."""


@dataclass(frozen=True, slots=True)
class Models:
    """``value`` is the size of a volume, or the name of the claim or image; ``hub`` is the URL of another
    hub than Hugging Face's own. ``kept`` None: in a volume, unless there is to be none at all.
    """

    kept: ModelsKept | None = None
    value: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """``namespace``: empty for the graph's own name. ``platform``: whether broker and object store are
    rendered too. ``images`` maps `PARTS` to images that replace our own. ``volume`` is the size of what
    broker and store keep their data in, each; empty: it lives as long as the pod. ``keda`` is the namespace
    of KEDA, empty where there is none, and ``prometheus`` the URL that it asks there. ``around`` is what
    else was asked for.
    """

    namespace: str = ""
    platform: Literal["embedded", "external"] = "embedded"
    images: Mapping[str, str] = field(default_factory=dict)
    volume: str = "10Gi"
    models: Models = Models()
    keda: str = "keda"
    prometheus: str = ""
    around: tuple[Asked, ...] = ()

    @property
    def models_kept(self) -> ModelsKept:
        """Where models of the hub are."""
        return self.models.kept or ("volume" if self.volume else "pod")

    def image(self, part: str) -> str:
        """The image of a part."""
        return self.images.get(part) or f"iomt/{part}:{__version__}"

    def image_of(self, device: PlannedDevice) -> str:
        """The image whose Python has what the device imports."""
        return self.image(part_of(device))


def part_of(device: PlannedDevice) -> str:
    """Which image a device runs in."""
    return "analyzer" if device.kind == "MAnalyzer" else "device"
