"""What a model's files tell of it, and why some are refused."""

import json

import pytest

from iomt.catalogue.declaration import ModelInput, Weights
from iomt.catalogue.licence import is_non_commercial, licence_in_card
from iomt.catalogue.model_contract import ModelFiles, examine

_VIT = {"architectures": ["ViTForImageClassification"], "id2label": {"0": "cat", "1": "dog"}}


def _files(config=_VIT, processor=(), files=("model.safetensors",), **more):
    texts = {"config.json": json.dumps(config).encode()}
    if processor is not None:
        texts["preprocessor_config.json"] = json.dumps(dict(processor)).encode()
    return ModelFiles("o/m", "o/m", "c0ffee", texts, dict.fromkeys([*texts, *files], 7), **more)


def _device(*given, task="", allow_code=False, **more):
    device, refusals = examine(_files(*given, **more), "mine", task, allow_code=allow_code)
    assert refusals == []
    return device


def _refused(*given, task="", **more):
    device, refusals = examine(_files(*given, **more), "mine", task)
    assert device is None
    assert all(each.help for each in refusals)
    return [each.message for each in refusals]


def test_task_labels_and_commit_are_told():
    device = _device()
    assert (device.task, device.labels, device.model, device.revision) == (
        "image-classification",
        ("cat", "dog"),
        "o/m",
        "c0ffee",
    )


@pytest.mark.parametrize(
    ("processor", "config", "expected"),
    [
        ({"size": {"height": 224, "width": 336}}, {}, ModelInput(336, 224)),
        ({"size": 224}, {}, ModelInput(224, 224)),
        (
            {"size": {"shortest_edge": 256}, "do_center_crop": True,
             "crop_size": {"height": 240, "width": 224}},
            {},
            ModelInput(224, 240),
        ),
        ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, {}, ModelInput()),
        ({}, {"image_size": [512, 864]}, ModelInput(864, 512)),
        ({"size": {"shortest_edge": 800}}, {"image_size": 384}, ModelInput(384, 384)),
        ({"image_processor": {"size": {"height": 64, "width": 48}}}, {}, ModelInput(48, 64)),
        ({"sampling_rate": 16000}, {}, ModelInput(sample_rate=16000)),
        ({"feature_extractor": {"sampling_rate": 8000}}, {}, ModelInput(sample_rate=8000)),
        ({"size": {"height": "tall", "width": True}, "sampling_rate": -1}, {}, ModelInput()),
    ],
)  # fmt: skip
def test_the_size_and_rate_of_what_a_model_takes(processor, config, expected):
    assert _device(_VIT | config, processor).input == expected


def test_the_size_of_weights_is_that_of_the_whole_file_or_of_all_its_parts():
    assert _device().weights == Weights(7, "safetensors")
    shards = ("model.safetensors.index.json", "model-00001-of-00002.safetensors",
              "model-00002-of-00002.safetensors", "other.safetensors")  # fmt: skip
    assert _device(files=shards).weights == Weights(14, "safetensors")


def test_weights_beside_a_pickle_are_no_matter():
    assert _device(files=("model.safetensors", "pytorch_model.bin")).weights.format == "safetensors"


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "model.pt", "best.ckpt", "pytorch_model-00001-of-00002.bin"]
)
def test_a_pickle_alone_is_refused(name):
    (message,) = _refused(files=(name,))
    assert message.startswith("o/m has its weights as a pickle only")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "has no weights"),
        (("training_args.bin",), "has no weights"),
        (("model.onnx", "tf_model.h5"), "has its weights for ONNX and TensorFlow only"),
        (("adapter_model.safetensors",), "has no weights"),
    ],
)
def test_a_model_without_weights_that_can_be_read_is_refused(files, said):
    (message,) = _refused(files=files)
    assert said in message


def test_weights_that_may_not_have_been_fetched_yet_are_no_reason_to_refuse():
    assert _device(files=(), whole=False).weights == Weights()


def test_a_program_of_its_own_is_refused_unless_allowed():
    config = _VIT | {"auto_map": {"AutoModel": "modeling.Mine"}}
    (message,) = _refused(config)
    assert "comes with a program of its own" in message
    assert _device(config, allow_code=True).custom_code
    assert "program of its own" in _refused(_VIT, {"auto_map": {"AutoImageProcessor": "mine.P"}})[0]
    assert not _device().custom_code


def test_everything_that_stands_in_the_way_is_told_at_once():
    said = _refused({"architectures": ["BertForMaskedLM"], "auto_map": {"a": "b"}}, files=("model.pt",))
    assert [each.removeprefix("o/m ").split(":")[0][:24] for each in said] == [
        "is BertForMaskedLM",
        "comes with a program of ",
        "has its weights as a pic",
    ]


def test_a_model_without_a_processor_is_refused_but_one_of_text_needs_none():
    assert "has no preprocessor_config.json" in _refused(processor=None)[0]
    device = _device({"architectures": ["BertForSequenceClassification"]}, None)
    assert device.task == "text-classification"


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"[" * 100_000, b"\xff"])
def test_a_config_that_cannot_be_read_is_refused(text):
    files = ModelFiles("o/m", "o/m", "", {"config.json": text}, {"config.json": 1})
    device, (refusal,) = examine(files, "mine")
    assert (device, refusal.message) == (None, "config.json of o/m cannot be read")


def test_a_task_that_the_network_leaves_open_is_the_users_or_the_hubs_word():
    config = {"architectures": ["NewVisionThingModel"]}
    assert "iomt does not know what that does" in _refused(config)[0]
    assert _device(config, task="image-feature-extraction").task == "image-feature-extraction"
    assert _device(config, tag="image-feature-extraction").task == "image-feature-extraction"
    assert "does not know what that does" in _refused(config, task="object-detection")[0]


def test_a_task_that_the_network_does_not_do_is_refused():
    (message,) = _refused(task="object-detection")
    assert message == "o/m (ViTForImageClassification) does image-classification, not object-detection"
    assert _refused(task="object-detectoin") == ["iomt does not know the task object-detectoin"]


def test_zero_shot_models_have_no_labels_of_their_own():
    config = {"architectures": ["OwlViTForObjectDetection"], "id2label": {"0": "LABEL_0"}}
    assert _device(config).labels == ()


def test_labels_that_nobody_could_write_are_left_out():
    assert _device(_VIT | {"id2label": {"0": "cat", "1": " ", "2": "\ud800"}}).labels == ("cat",)


def test_the_licence_is_the_hubs_word_or_that_of_the_card():
    card = {"README.md": b"---\nlicense: mit\n---\n"}
    files = _files()
    files.texts.update(card)
    assert examine(files, "mine")[0].licence == "mit"
    assert _device(licence="apache-2.0").licence == "apache-2.0"


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\ntags: [a]\n---\n# Hi", "apache-2.0"),
        ("---\r\nlicense: 'mit'\r\n---\r\n", "mit"),
        ("---\nlicense:\n- cc-by-nc-4.0\n- mit\n---\n", "cc-by-nc-4.0"),
        ("---\nlicense: [mit, bsd]\n---\n", "mit"),
        ("---\nlicense: other\nlicense_name: stable-nc-community\n---\n", "stable-nc-community"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense: # none\ntags: []\n---\n", ""),
        ("---\ntags: []\n---\nlicense: mit\n", ""),
        ("---\nlicense: mit\n", ""),
        ("license: mit\n", ""),
        ("", ""),
    ],
)
def test_the_licence_stands_in_the_front_matter_of_the_card(card, licence):
    assert licence_in_card(card) == licence


def test_what_is_for_research_alone_is_told_from_what_is_not():
    reserved = ("cc-by-nc-4.0", "cc-by-nc-sa-3.0", "intel-research", "apple-amlr", "stable-nc-community",
                "fair-noncommercial-research-license", "non-commercial")  # fmt: skip
    free = ("mit", "apache-2.0", "cc-by-sa-4.0", "openrail++", "ncsa", "gpl-3.0", "other")
    assert all(is_non_commercial(each) for each in reserved)
    assert not any(is_non_commercial(each) for each in free)
