"""Says what an image shows."""

from PIL import Image

from iomt.contract.results import Item
from iomt.runtime.analyzers.images import read_image
from iomt.runtime.analyzers.task import Task, scores


class ImageClassification(Task[Image.Image]):
    """Labels with scores, best first."""

    name = "image-classification"
    accepts = "image/*"
    network = "AutoModelForImageClassification"
    processor = "AutoImageProcessor"
    architectures = "MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES"

    def read(self, body: bytes, media_type: str) -> Image.Image:
        """See `Task`."""
        return read_image(body)

    def analyze(self, media: Image.Image) -> list[Item]:
        """See `Task`."""
        network = self.loaded.network
        inputs = self.loaded.inputs(images=[media])
        names = self.loaded.names
        found = scores(network(**inputs).logits[0], network.config)
        return self.selection.of(Item(names[n], score) for n, score in enumerate(found))

    def size(self, media: Image.Image) -> tuple[int, int]:
        """See `Task`."""
        return media.size

    def example(self) -> Image.Image:
        """See `Task`."""
        return Image.new("RGB", (640, 480), "grey")
