"""What whoever deploys decides, and no graph does: namespace, images, and what runs beside the devices."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from iomt import __version__
from iomt.plan.plan import PlannedDevice

if TYPE_CHECKING:
    from iomt.targets.kubernetes.around.asked import Asked

ModelsKept = Literal["volume", "shared", "claim", "image", "pod"]
"""Where models of the hub are: a volume of one machine at a time, one that several write to, a claim or
an image that somebody has filled, or each pod for itself."""
PARTS = ("device", "analyzer", "nats", "store")
"""Images, by what they are for. k8s/images has a Dockerfile of that name for each."""

VERSIONS = ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
"""Of Kubernetes, whose schemas all that we make is held against in our tests."""
NEWEST = VERSIONS[-1]
PLATFORM_KIND = "platform"
"""What `priorities` calls broker and store: no kind of a node."""


NOTHING: Mapping[str, str] = {}


class Visitors(NamedTuple):
    """Pods of a namespace with these labels; none: all of it."""

    namespace: str
    labels: Mapping[str, str] = NOTHING


class Models(NamedTuple):
    """``value`` is the size of a volume, or the name of the claim or image; ``hub`` is the URL of another
    hub than Hugging Face's own. ``kept`` None: in a volume, unless there is to be none at all.
    """

    kept: ModelsKept | None = None
    value: str = ""
    hub: str = ""


class Choices(NamedTuple):
    """``namespace``: empty for the graph's own name. ``platform``: whether broker and object store are
    rendered too. ``images`` maps `PARTS` to images that replace our own. ``volume`` is the size of what
    broker and store keep their data in, each; empty: it lives as long as the pod. ``servers`` of the
    broker keep each stream, one to three. ``visitors`` are the pods that pages are opened from, the
    Ingress controller's for example; None: all of the cluster. ``store`` is the program of the object
    store (`iomt.targets.kubernetes.stores`). ``priorities`` maps kinds to names of PriorityClasses, ""
    standing for all kinds that are not named; ``pull_secrets`` are Secrets for images; ``kube`` is the
    version of Kubernetes that the objects are for. ``keda`` is the namespace of
    KEDA, empty where there is none, and ``prometheus`` the URL that it asks there. ``around`` is what else
    was asked for.
    """

    namespace: str = ""
    platform: Literal["embedded", "external"] = "embedded"
    images: Mapping[str, str] = NOTHING
    volume: str = "10Gi"
    servers: int = 1
    visitors: Visitors | None = None
    store: Literal["juicefs", "silo"] = "juicefs"
    priorities: Mapping[str, str] = NOTHING
    pull_secrets: tuple[str, ...] = ()
    kube: str = NEWEST
    models: Models = Models()
    keda: str = "keda"
    prometheus: str = ""
    around: "tuple[Asked, ...]" = ()

    def as_data(self) -> dict[str, Any]:
        """As it can be kept as JSON."""
        return {
            **self._asdict(),
            "visitors": self.visitors and self.visitors._asdict(),
            "models": self.models._asdict(),
            "around": [each._asdict() for each in self.around],
        }

    @property
    def models_kept(self) -> ModelsKept:
        """Where models of the hub are."""
        return self.models.kept or ("volume" if self.volume else "pod")

    def image(self, part: str) -> str:
        """The image of a part."""
        return self.images.get(part) or f"iomt/{part}:{__version__}"

    def priority_of(self, kind: str) -> str:
        """The PriorityClass of a kind of node, or of broker and store; empty for the cluster's default."""
        return self.priorities.get(kind) or self.priorities.get("", "")

    def image_of(self, device: PlannedDevice) -> str:
        """The image whose Python has what the device imports."""
        return self.image(part_of(device))


def part_of(device: PlannedDevice) -> str:
    """Which image a device runs in."""
    return "analyzer" if device.kind == "MAnalyzer" else "device"
