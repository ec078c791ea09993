"""The table of tasks, against transformers' own tables, the runtime's tasks and the built-in devices."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from iomt.catalogue.load import load_catalogue
from iomt.catalogue.result_items import ITEMS, result_schema
from iomt.catalogue.tasks import TASKS, runnable, task_of
from iomt.contract.results import Box, Item, Result

_TABLES = {
    "OBJECT_DETECTION": "object-detection",
    "IMAGE_CLASSIFICATION": "image-classification",
    "AUDIO_CLASSIFICATION": "audio-classification",
    "IMAGE_SEGMENTATION": "image-segmentation",
    "SEMANTIC_SEGMENTATION": "image-segmentation",
    "INSTANCE_SEGMENTATION": "image-segmentation",
    "UNIVERSAL_SEGMENTATION": "image-segmentation",
    "DEPTH_ESTIMATION": "depth-estimation",
    "ZERO_SHOT_OBJECT_DETECTION": "zero-shot-object-detection",
    "KEYPOINT_DETECTION": "keypoint-detection",
    "CTC": "automatic-speech-recognition",
    "SEQUENCE_CLASSIFICATION": "text-classification",
}


@pytest.mark.parametrize(("table", "task"), _TABLES.items())
def test_every_network_that_transformers_lists_for_a_task_is_known_to_do_it(table, task):
    from transformers.models.auto import modeling_auto

    listed = getattr(modeling_auto, f"MODEL_FOR_{table}_MAPPING_NAMES").values()
    names = {name for each in listed for name in ((each,) if isinstance(each, str) else each)}
    assert names
    assert {name for name in names if task_of([name]) != task} == set()


@pytest.mark.parametrize(
    ("architecture", "task"),
    [
        ("Wav2Vec2ForSequenceClassification", "audio-classification"),
        ("BertForSequenceClassification", "text-classification"),
        ("OwlViTForObjectDetection", "zero-shot-object-detection"),
        ("VitPoseForPoseEstimation", "keypoint-detection"),
        ("CLIPModel", "zero-shot-image-classification"),
        ("Dinov2Model", "image-feature-extraction"),
        ("BlipForConditionalGeneration", "image-to-text"),
        ("WhisperForConditionalGeneration", "automatic-speech-recognition"),
        ("T5ForConditionalGeneration", ""),
        ("BertModel", ""),
        ("LlamaForCausalLM", ""),
    ],
)
def test_the_longest_end_of_a_class_name_decides(architecture, task):
    assert task_of([architecture]) == task


def test_the_tasks_that_run_are_those_of_the_runtime():
    from iomt.runtime.analyzers.tasks import TASKS as PROGRAMS

    assert set(runnable()) == set(PROGRAMS)
    for name, program in PROGRAMS.items():
        assert TASKS[name].produces == program.gives
        assert program.accepts.partition("/")[0] == TASKS[name].accepts.partition("/")[0]


@pytest.mark.parametrize("name", runnable())
def test_the_built_in_device_of_a_task_has_the_ports_of_the_table(name):
    device, task = load_catalogue([])[0].device(name), TASKS[name]
    assert (device.summary, device.task) == (task.summary, name)
    assert (device.accepts[0].media, device.produces[0].media) == ((task.accepts,), (task.produces,))


def _result(item):
    return Result("n", "gate", 1, 2, "t", "m", "r", 0.1, 640, 480, (item,)).to_json()


def test_results_of_the_runtime_fit_the_schemas_of_their_tasks():
    box = Item("person", 0.9, Box(1, 2, 3, 4.5))
    boxes, labels = (result_schema(TASKS[each].item) for each in ("object-detection", "image-classification"))
    Draft202012Validator(boxes).validate(json.loads(_result(box)))
    Draft202012Validator(labels).validate(json.loads(_result(Item("cat", 1.0))))
    with pytest.raises(ValidationError):
        Draft202012Validator(boxes).validate(json.loads(_result(Item("cat", 1.0))))


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda each: each.name)
def test_the_schema_of_every_task_is_one(task):
    Draft202012Validator.check_schema(result_schema(task.item))


def test_the_page_about_models_has_the_table():
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| `(.+?)` \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert rows == [
        (each.name, each.accepts, each.produces, ", ".join(ITEMS[each.item]["properties"]),
         "yes" if each.runs else "not yet")
        for each in TASKS.values()
    ]  # fmt: skip
