"""What one kind of model does: a class a task, one file each. `tasks` lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from iomt.contract.media import LABELS
from iomt.contract.results import Item
from iomt.runtime.analyzers.selection import Selection

Media = TypeVar("Media")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network (torch module, in evaluation mode) and what makes its input."""

    network: Any
    processor: Any

    def inputs(self, *media: Any, **how: Any) -> Any:
        """What the processor makes of media, where the network computes and in its numbers."""
        made = self.processor(*media, return_tensors="pt", **how)
        return made.to(self.network.device, self.network.dtype)

    @property
    def names(self) -> dict[int, str]:
        """Label of each class number."""
        return {int(number): str(name) for number, name in self.network.config.id2label.items()}


class Task(Generic[Media]):
    """Turns media bytes into what the model says of them.

    ``network`` and ``processor`` name classes of transformers, ``architectures`` its table of the
    networks that can do this task.
    """

    name: ClassVar[str]
    accepts: ClassVar[str]
    """Media type of what it reads, may hold a star."""
    gives: ClassVar[str] = LABELS
    network: ClassVar[str]
    processor: ClassVar[str]
    architectures: ClassVar[str]
    threshold: ClassVar[float] = 0.0
    top: ClassVar[int] = 5

    def __init__(self, loaded: Loaded, selection: Selection) -> None:
        self.loaded = loaded
        self.selection = selection

    def read(self, body: bytes, media_type: str) -> Media:
        """Decode one item. Raises `Rejected`."""
        raise NotImplementedError

    def analyze(self, media: Media) -> list[Item]:
        """Ask the model; in inference mode."""
        raise NotImplementedError

    def size(self, media: Media) -> tuple[int, int]:
        """Width and height in pixels; 0, 0 of what is no image."""
        return 0, 0

    def example(self) -> Media:
        """Something to try the model on before it is called ready."""
        raise NotImplementedError


def scores(logits: Any, config: Any) -> Sequence[float]:
    """Logits of one item (a vector) as scores, by the rule of transformers' own pipelines."""
    if config.problem_type == "multi_label_classification" or config.num_labels == 1:
        return [float(score) for score in logits.float().sigmoid().tolist()]
    return [float(score) for score in logits.float().softmax(-1).tolist()]
