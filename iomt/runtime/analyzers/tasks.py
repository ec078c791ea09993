"""The tasks there are. A new one: its file, and its class in this tuple."""

from typing import Any

from iomt.runtime.analyzers.audio_classification import AudioClassification
from iomt.runtime.analyzers.image_classification import ImageClassification
from iomt.runtime.analyzers.object_detection import ObjectDetection
from iomt.runtime.analyzers.task import Task

_CLASSES: tuple[type[Task[Any]], ...] = (ObjectDetection, ImageClassification, AudioClassification)
TASKS = {each.name: each for each in _CLASSES}
