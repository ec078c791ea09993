"""What models do: one table of tasks, with what each reads, what it gives, and whether it runs yet.

Names are the hub's own (huggingface.co/tasks). A task is known by the end of an architecture's class
name, as `config.json` has it; the class names are those of transformers 5.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from iomt.contract import media
from iomt.language.suggest import one_of

Item = Literal["label", "detection", "segment", "depth", "pose", "text", "vector"]
"""The shape of one item of a result; `iomt.catalogue.result_items` has their schemas."""


class Task(NamedTuple):
    """One thing that models do.

    ``architectures`` are ends of class names; where several tasks fit, the longest end decides.
    ``accepts`` and ``produces`` are media types, ``item`` what its results are made of.
    ``labelled`` tells whether its results have the labels of the model's config; ``runs`` whether
    this version has a program for it.
    """

    name: str
    summary: str
    architectures: tuple[str, ...]
    accepts: str
    produces: str
    item: Item
    labelled: bool = True
    runs: bool = False


_SPEECH = ("Data2VecAudio", "Hubert", "SEW", "SEWD", "UniSpeech", "UniSpeechSat", "Wav2Vec2",
           "Wav2Vec2Bert", "Wav2Vec2Conformer", "WavLM")  # fmt: skip
"""Families of models of sound whose classifiers are named like those of text."""
_PICTURES = ("Beit", "Bit", "ConvNext", "ConvNextV2", "DeiT", "Dinat", "Dinov2", "Dinov2WithRegisters",
             "EfficientNet", "FocalNet", "Hiera", "IJepa", "MobileNetV1", "MobileNetV2", "MobileViT",
             "MobileViTV2", "PoolFormer", "Pvt", "RegNet", "ResNet", "SwiftFormer", "Swin", "Swinv2",
             "ViT", "ViTMAE", "ViTMSN", "Vision")  # fmt: skip
"""Families whose plain network, without a head, makes a vector of a picture."""
_CLIPS = ("Align", "AltCLIP", "Blip", "CLIP", "CLIPSeg", "ChineseCLIP", "MetaClip2", "Siglip", "Siglip2")
"""Families that compare a picture with words."""
_TELLERS = ("Blip", "Blip2", "Florence2", "InstructBlip", "Kosmos2", "Llava", "LlavaNext", "PaliGemma",
            "Pix2Struct", "SmolVLM", "VL")  # fmt: skip
"""Families that tell in words what a picture shows."""

_TABLE = (
    Task(
        "object-detection",
        "Finds things and their boxes in images.",
        ("ForObjectDetection",),
        media.JPEG,
        media.DETECTIONS,
        "detection",
        runs=True,
    ),
    Task(
        "image-classification",
        "Says what an image shows.",
        (
            "ForImageClassification",
            "ForImageClassificationWithTeacher",
            "ForImageClassificationConvProcessing",
            "ForImageClassificationFourier",
            "ForImageClassificationLearned",
        ),
        media.JPEG,
        media.LABELS,
        "label",
        runs=True,
    ),
    Task(
        "audio-classification",
        "Says what a sound is.",
        ("ForAudioClassification", *(f"{each}ForSequenceClassification" for each in _SPEECH)),
        media.PCM,
        media.LABELS,
        "label",
        runs=True,
    ),
    Task(
        "image-segmentation",
        "Finds things and their outlines in images.",
        (
            "ForSegmentation",
            "ForSemanticSegmentation",
            "ForInstanceSegmentation",
            "ForUniversalSegmentation",
        ),
        media.JPEG,
        media.SEGMENTS,
        "segment",
    ),
    Task(
        "depth-estimation",
        "Says how far away each part of an image is.",
        ("ForDepthEstimation",),
        media.JPEG,
        media.DEPTH,
        "depth",
        labelled=False,
    ),
    Task(
        "image-to-text",
        "Tells in words what an image shows.",
        (
            "VisionEncoderDecoderModel",
            "GitForCausalLM",
            *(f"{each}ForConditionalGeneration" for each in _TELLERS),
        ),
        media.JPEG,
        media.TEXT,
        "text",
        labelled=False,
    ),
    Task(
        "image-feature-extraction",
        "Makes a vector of an image, for finding ones like it.",
        tuple(f"{each}Model" for each in _PICTURES),
        media.JPEG,
        media.EMBEDDING,
        "vector",
        labelled=False,
    ),
    Task(
        "zero-shot-image-classification",
        "Says which of your own words an image shows.",
        (*(f"{each}Model" for each in _CLIPS), "ForImageTextRetrieval"),
        media.JPEG,
        media.LABELS,
        "label",
        labelled=False,
    ),
    Task(
        "zero-shot-object-detection",
        "Finds what your own words name, and its boxes, in images.",
        tuple(
            f"{each}ForObjectDetection"
            for each in ("GroundingDino", "MMGroundingDino", "OmDetTurbo", "OwlViT", "Owlv2")
        ),
        media.JPEG,
        media.DETECTIONS,
        "detection",
        labelled=False,
    ),
    Task(
        "keypoint-detection",
        "Finds the joints of bodies, or other points, in images.",
        ("ForPoseEstimation", "ForKeypointDetection"),
        media.JPEG,
        media.POSES,
        "pose",
    ),
    Task(
        "automatic-speech-recognition",
        "Writes down what is said.",
        (
            "ForCTC",
            "ForSpeechToText",
            "SpeechEncoderDecoderModel",
            *(f"{each}ForConditionalGeneration" for each in ("Moonshine", "Speech2Text", "Whisper")),
        ),
        media.PCM,
        media.TEXT,
        "text",
        labelled=False,
    ),
    Task(
        "text-classification",
        "Says what a text is, such as what a sound or an image was put into.",
        ("ForSequenceClassification",),
        media.TEXT,
        media.LABELS,
        "label",
    ),
)
TASKS = {each.name: each for each in _TABLE}
"""Every task that is known, by name; those that run come first."""


def task_of(architectures: Iterable[str]) -> str:
    """The name of the task that these networks do, empty where none is known."""
    fits = [
        (len(end), task.name)
        for name in architectures
        for task in _TABLE
        for end in task.architectures
        if name.endswith(end)
    ]
    return max(fits)[1] if fits else ""


def runnable() -> list[str]:
    """The names of the tasks that this version runs."""
    return [each.name for each in _TABLE if each.runs]


def known() -> str:
    """The help of a finding about a task that is not known."""
    others = [each.name for each in _TABLE if not each.runs]
    return (
        f"this version runs {one_of(runnable(), 'and')}, and knows {one_of(others, 'and')}, "
        "which it cannot run yet"
    )
