"""Finds things and their boxes in images."""

from typing import ClassVar

import torch
from PIL import Image

from iomt.contract.media import DETECTIONS
from iomt.contract.results import Box, Item
from iomt.runtime.analyzers.images import read_image
from iomt.runtime.analyzers.selection import Selection
from iomt.runtime.analyzers.task import Loaded, Task
from iomt.runtime.device import PermanentFault


class ObjectDetection(Task[Image.Image]):
    """Boxes in pixels of the image as it came, inside it."""

    name = "object-detection"
    accepts = "image/*"
    gives = DETECTIONS
    network = "AutoModelForObjectDetection"
    processor = "AutoImageProcessor"
    architectures = "MODEL_FOR_OBJECT_DETECTION_MAPPING_NAMES"
    threshold: ClassVar[float] = 0.5
    top: ClassVar[int] = 0

    def __init__(self, loaded: Loaded, selection: Selection) -> None:
        super().__init__(loaded, selection)
        if not hasattr(loaded.processor, "post_process_object_detection"):
            raise PermanentFault(
                f"{type(loaded.processor).__name__} of this model gives no boxes in pixels: "
                "take another detector, such as one of RT-DETR, DETR or YOLOS"
            )

    def read(self, body: bytes, media_type: str) -> Image.Image:
        """See `Task`."""
        return read_image(body)

    def analyze(self, media: Image.Image) -> list[Item]:
        """See `Task`."""
        width, height = media.size
        processor, network = self.loaded.processor, self.loaded.network
        outputs = network(**self.loaded.inputs(images=[media]))
        found = processor.post_process_object_detection(
            outputs, threshold=self.selection.threshold, target_sizes=torch.tensor([[height, width]])
        )[0]
        names = self.loaded.names
        corners = found["boxes"].float().cpu().clamp(min=0)
        corners = corners.minimum(torch.tensor([width, height, width, height], dtype=torch.float32))
        return self.selection.of(
            Item(names[label], score, Box(*(round(edge, 2) for edge in edges)))
            for label, score, edges in zip(
                found["labels"].tolist(), found["scores"].tolist(), corners.tolist(), strict=True
            )
        )

    def size(self, media: Image.Image) -> tuple[int, int]:
        """See `Task`."""
        return media.size

    def example(self) -> Image.Image:
        """See `Task`."""
        return Image.new("RGB", (640, 480), "grey")
