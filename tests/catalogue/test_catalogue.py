import json
from pathlib import Path

import pytest

from iomt.catalogue.declared import read_device
from iomt.catalogue.load import builtin_folder, load_catalogue
from iomt.catalogue.resolve import resolve
from iomt.language import read
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text, printed, rules

_MODELS = Path(__file__).parents[2] / "devices" / "models"
_MINE = """apiVersion: iomt.dev/v1
kind: MSensor
metadata: {name: mine}
spec:
  summary: My camera.
  runtime: mine.cameras:Mine
  produces: {frames: {media: [image/jpeg]}}
  options: {type: object, required: [shelf], properties: {shelf: {type: integer}}}
"""


def _declare(folder, text, name="mine"):
    (folder / "devices").mkdir(exist_ok=True)
    (folder / "devices" / f"{name}.yaml").write_text(text)


def _model(folder, **config):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize("path", sorted(builtin_folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_built_in_declaration_is_right(path):
    from jsonschema import Draft202012Validator

    device, findings, _ = read_device(str(path))
    assert not findings
    Draft202012Validator.check_schema(device.options)


def test_only_the_devices_that_a_graph_uses_are_read(tmp_path):
    catalogue, findings = load_catalogue([tmp_path / "none"])
    assert not findings
    assert {"video-file", "object-lake", "monitor"} <= set(catalogue.names)
    assert catalogue.device("monitor").listens == "port"
    assert [Path(path).stem for path in catalogue.sources] == ["monitor"]


def test_a_device_beside_the_graph_can_be_used(tmp_path):
    _declare(tmp_path, _MINE)
    node = "shelf: {kind: MSensor, device: mine, options: {shelf: 3}}"
    checked = check_text(tmp_path, graph_text([node, LAKE], ["shelf -> lake"]))
    assert not checked.findings
    assert checked.resolved.nodes["shelf"].device.runtime == "mine.cameras:Mine"


def test_what_is_wrong_in_a_declaration_is_shown_in_its_own_file(tmp_path):
    _declare(tmp_path, _MINE.replace("name: mine", "name: other").replace("image/jpeg", "jpeg"))
    shown = printed(tmp_path, graph_text([GATE, LAKE], ["gate -> lake"]))
    assert "error[bad-declaration]: the device is called other and its file mine.yaml" in shown
    assert " --> devices/mine.yaml:3:18\n" in shown
    assert "error[bad-declaration]: jpeg is no media type" in shown


def test_a_node_of_a_broken_declaration_is_no_second_mistake(tmp_path):
    _declare(tmp_path, _MINE.replace("kind: MSensor", "kind: MSense"))
    node = "shelf: {kind: MSensor, device: mine}"
    assert rules(tmp_path, graph_text([node, LAKE], ["shelf -> lake"])) == ["unknown-kind"]


def test_options_that_are_no_json_schema(tmp_path):
    _declare(tmp_path, _MINE.replace("type: integer", "type: whole"))
    assert rules(tmp_path, graph_text([GATE, LAKE], ["gate -> lake"])) == ["bad-declaration"]


def test_a_schema_that_cannot_be_applied_is_a_finding_too(tmp_path):
    for schema in ('{type: string, pattern: "("}', '{$ref: "http://elsewhere.invalid/schema.json"}'):
        _declare(tmp_path, _MINE.replace("{type: integer}", schema))
        node = "shelf: {kind: MSensor, device: mine, options: {shelf: top}}"
        assert rules(tmp_path, graph_text([node, LAKE], ["shelf -> lake"])) == ["bad-declaration"]


def test_an_unknown_device_suggests_the_nearest_one(tmp_path):
    text = graph_text(["gate: {kind: MSensor, device: usb-camra}", LAKE], ["gate -> lake"])
    assert printed(tmp_path, text) == (
        "error[unknown-device]: there is no device called usb-camra\n"
        " --> graph.yaml:6:35\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: usb-camra}\n"
        "  |                                   ^^^^^^^^^\n"
        "  |\n"
        "  = help: did you mean usb-camera?"
    )


def _analyzer(folder, model, links=("gate -> shapes -> log",)):
    return printed(folder, graph_text([GATE, f"shapes: {{kind: MAnalyzer, model: {model}}}", LOG], links))


def test_a_model_folder_that_is_not_there(tmp_path):
    assert _analyzer(tmp_path, "./shapes") == (
        "error[missing-model]: the model folder ./shapes does not exist\n"
        " --> graph.yaml:7:38\n"
        "  |\n"
        "7 |     shapes: {kind: MAnalyzer, model: ./shapes}\n"
        "  |                                      ^^^^^^^^\n"
        "  |\n"
        "  = help: a model is the folder with its config.json, relative to the graph file, "
        "or a Hugging Face id such as hustvl/yolos-tiny"
    )


def test_a_folder_that_is_no_model(tmp_path):
    (tmp_path / "shapes").mkdir()
    assert "error[not-a-model]: ./shapes is no model: there is no config.json in it" in _analyzer(
        tmp_path, "./shapes"
    )


@pytest.mark.parametrize("config", ["{", "[]", '{"architectures": []}', "[" * 100_000, "\xff"])
def test_a_config_that_cannot_be_read(tmp_path, config):
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "config.json").write_text(config, encoding="latin-1")
    assert "error[not-a-model]" in _analyzer(tmp_path, "shapes")


def test_a_model_of_a_task_that_is_not_known_says_which_are(tmp_path):
    _model(tmp_path / "words", architectures=["BertForMaskedLM"])
    shown = _analyzer(tmp_path, "./words")
    assert "BertForMaskedLM of ./words does a task that iomt does not know" in shown
    assert (
        "help: this version runs object-detection, image-classification and audio-classification, "
        "and knows image-segmentation" in shown
    )


@pytest.mark.parametrize(
    ("name", "task", "labels"),
    [
        ("shapes-rtdetr", "object-detection", ("red box", "blue disc")),
        ("digits-resnet", "image-classification", tuple("0123456789")),
        ("sounds-ast", "audio-classification", ("silence", "noise", "beep", "siren")),
    ],
)
def test_a_model_folder_tells_its_task_and_labels(tmp_path, name, task, labels):
    sensor = "ear: {kind: MSensor, device: microphone-file, options: {path: graph.yaml}}"
    source = "ear" if name == "sounds-ast" else "gate"
    nodes = [GATE, sensor, f"model: {{kind: MAnalyzer, model: {_MODELS / name}}}", LAKE]
    checked = check_text(tmp_path, graph_text(nodes, ['"[ear, gate] -> lake"', f"{source} -> model"]))
    node = checked.resolved.nodes["model"]
    assert (node.task, node.labels, node.device.name) == (task, labels, task)
    assert node.model_path == str(_MODELS / name)


def test_a_hub_id_without_a_task_is_a_model_of_any_kind(tmp_path):
    nodes = [GATE, "people: {kind: MAnalyzer, model: hustvl/yolos-tiny}", LOG]
    checked = check_text(tmp_path, graph_text(nodes, ["gate -> people -> log"]))
    node = checked.resolved.nodes["people"]
    assert (node.device.name, node.task, node.model_path) == ("any-model", "", "hustvl/yolos-tiny")


def test_a_task_that_a_model_does_not_do(tmp_path):
    node = f"digits: {{kind: MAnalyzer, model: {_MODELS / 'digits-resnet'}, task: object-detection}}"
    assert rules(tmp_path, graph_text([GATE, node, LOG], ["gate -> digits -> log"])) == ["unsupported-task"]


def test_links_get_ports_media_and_the_delivery_that_suits_the_reader(tmp_path):
    text = graph_text(
        [GATE, LAKE, PEOPLE, WALL, LOG], ["gate -> lake", "gate -> people -> [wall, log]", "gate -> wall"]
    )
    links = check_text(tmp_path, text).resolved.links
    assert [
        (each.source.name, each.source_port.name, each.target.name, each.target_port.name, each.delivery)
        for each in links
    ] == [
        ("gate", "frames", "lake", "media", "durable"),
        ("gate", "frames", "people", "media", "latest"),
        ("people", "results", "wall", "results", "latest"),
        ("people", "results", "log", "results", "durable"),
        ("gate", "frames", "wall", "frames", "latest"),
    ]
    assert {each.transport for each in links} == {"nats"}
    assert links[2].media == "application/vnd.iomt.detections+json"


def test_a_lake_gives_what_it_was_given_out_of_its_bucket(tmp_path):
    link = check_text(tmp_path, graph_text([GATE, LAKE, WALL], ["gate -> lake -> wall"])).resolved.links[1]
    assert (link.media, link.transport, link.delivery) == ("image/jpeg", "bucket", "latest")


def test_a_lake_of_pictures_cannot_feed_what_reads_results(tmp_path):
    shown = printed(tmp_path, graph_text([GATE, LAKE, LOG], ["gate -> lake -> log"]))
    assert "error[media-mismatch]: log takes application/*, and lake.objects gives image/jpeg" in shown


def test_lakes_in_a_circle_end(tmp_path):
    other = "other: {kind: MStorage, device: object-lake}"
    links = ["gate -> lake -> other -> lake", "other -> wall"]
    (tmp_path / "graph.yaml").write_text(graph_text([GATE, LAKE, other, WALL], links))
    graph, _, _ = read(str(tmp_path / "graph.yaml"))
    resolved, findings = resolve(graph, load_catalogue([])[0])
    assert {link.media for link in resolved.links} == {"image/jpeg"}
    assert not findings  # the rule `cycle` tells it, after this


def test_defaults_are_filled_in_where_nothing_was_written(tmp_path):
    node = "gate: {kind: MSensor, device: usb-camera, options: {quality: 70}}"
    resolved = check_text(tmp_path, graph_text([node, LAKE], ["gate -> lake"])).resolved
    assert resolved.nodes["gate"].options == {"device": "/dev/video0", "quality": 70}
