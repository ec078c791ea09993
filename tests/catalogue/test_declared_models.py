"""Analyzers that are declared with their model, beside the graph."""

import shutil

import pytest

from tests.graphs import GATE, LAKE, LOG, check_text, graph_text, printed, rules
from tests.specimens import SHAPES

_EAR = "ear: {kind: MSensor, device: microphone-file, options: {path: graph.yaml}}"
_FINE = {
    "summary": "Finds boxes and discs.",
    "model": "owner/shapes",
    "revision": "v1",
    "task": "object-detection",
    "labels": "[red box, blue disc]",
    "licence": "apache-2.0",
}


def _declare(folder, **spec):
    lines = "".join(f"  {key}: {value}\n" for key, value in (_FINE | spec).items() if value)
    (folder / "devices").mkdir(exist_ok=True)
    (folder / "devices" / "shapes.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: MAnalyzer\nmetadata: {name: shapes}\nspec:\n" + lines
    )


def _graph(more="", links=("gate -> shapes -> log", "gate -> lake"), sensor=GATE):
    return graph_text([sensor, f"shapes: {{kind: MAnalyzer, device: shapes{more}}}", LAKE, LOG], links)


def test_a_declaration_with_a_task_has_the_ports_options_and_program_of_that_task(tmp_path):
    _declare(tmp_path)
    checked = check_text(tmp_path, _graph(", options: {threshold: 0.9}"))
    assert not checked.findings
    node = checked.resolved.nodes["shapes"]
    assert node.device.runtime == "iomt.runtime.analyzers.huggingface:HuggingFaceAnalyzer"
    assert node.options == {"threshold": 0.9}
    assert (node.model_path, node.revision, node.task) == ("owner/shapes", "v1", "object-detection")
    assert checked.resolved.links[1].media == "application/vnd.iomt.detections+json"


def test_the_declared_revision_is_the_one_that_runs(tmp_path):
    from iomt.plan.make import make

    _declare(tmp_path)
    plan = make(check_text(tmp_path, _graph()).resolved)
    (device,) = (each for each in plan.devices if each.name == "shapes")
    assert (device.model, device.revision) == ("owner/shapes", "v1")


def test_a_model_folder_is_relative_to_the_declaration_and_not_to_the_graph(tmp_path):
    _declare(tmp_path, model="./mine", revision="", labels="", licence="")
    shutil.copytree(SHAPES, tmp_path / "devices" / "mine")
    node = check_text(tmp_path, _graph()).resolved.nodes["shapes"]
    assert node.model_path == str(tmp_path / "devices" / "mine")
    assert (node.labels, node.licence) == (("red box", "blue disc"), "apache-2.0")


def test_a_model_folder_that_is_not_there_is_told_in_the_declaration(tmp_path):
    _declare(tmp_path, model="./mine", revision="")
    shown = printed(tmp_path, _graph())
    assert "error[missing-model]: the model folder ./mine does not exist" in shown
    assert " --> devices/shapes.yaml:6:10\n" in shown
    assert "6 |   model: ./mine" in shown


def test_a_declared_task_that_the_folder_does_not_do(tmp_path):
    _declare(tmp_path, model=str(SHAPES), revision="", task="image-classification")
    assert rules(tmp_path, _graph()) == ["unsupported-task"]


def test_labels_are_checked_against_the_declared_ones(tmp_path):
    _declare(tmp_path)
    shown = printed(tmp_path, _graph(", options: {labels: [red bix]}"))
    assert "the model of shapes does not know the label red bix" in shown
    assert "did you mean red box?" in shown


def test_a_condition_is_checked_against_the_declared_labels(tmp_path):
    _declare(tmp_path)
    nodes = [
        GATE,
        "shapes: {kind: MAnalyzer, device: shapes}",
        "alarm: {kind: MActuator, device: log, options: {when: count(blue disk) > 2}}",
    ]
    shown = printed(tmp_path, graph_text(nodes, ["gate -> shapes -> alarm"]))
    assert "nothing that alarm is linked to gives the label blue disk" in shown


def test_sound_cannot_go_into_a_model_of_pictures(tmp_path):
    _declare(tmp_path)
    text = _graph(links=("ear -> shapes -> log", "ear -> lake"), sensor=_EAR)
    shown = printed(tmp_path, text)
    assert "error[media-mismatch]: shapes takes image/jpeg, and ear.audio gives audio/pcm" in shown


def test_a_task_that_cannot_be_run_yet_is_told_at_the_check_and_its_links_are_typed(tmp_path):
    _declare(tmp_path, task="depth-estimation", labels="")
    shown = printed(tmp_path, _graph())
    assert "error[task-not-yet]: shapes does depth-estimation, which this version" in shown
    text = _graph(links=("ear -> shapes -> log", "ear -> lake"), sensor=_EAR)
    assert set(rules(tmp_path, text)) == {"task-not-yet", "media-mismatch"}


def test_a_task_that_cannot_be_run_yet_can_be_by_a_program_of_ones_own(tmp_path):
    _declare(
        tmp_path,
        task="depth-estimation",
        labels="",
        runtime="mine.models:Depth",
        accepts="{media: {media: [image/jpeg]}}",
        produces="{results: {media: [application/json]}}",
    )
    assert rules(tmp_path, _graph()) == []


def test_a_task_named_in_the_graph_that_cannot_be_run_yet(tmp_path):
    node = "near: {kind: MAnalyzer, model: owner/near, revision: v1, task: depth-estimation}"
    assert rules(tmp_path, graph_text([GATE, node, LOG], ["gate -> near -> log"])) == ["task-not-yet"]


def test_a_task_that_nobody_knows_suggests_the_nearest(tmp_path):
    node = "near: {kind: MAnalyzer, model: owner/near, revision: v1, task: depth-estimator}"
    shown = printed(tmp_path, graph_text([GATE, node], ["gate -> near"]))
    assert "iomt does not know the task depth-estimator" in shown
    assert "did you mean depth-estimation?" in shown


@pytest.mark.parametrize(
    ("licence", "said"),
    [
        ("", "names no licence"),
        ("cc-by-nc-sa-4.0", "is not for commercial use: its licence is cc-by-nc-sa-4.0"),
        ("fair-noncommercial-research-license", "is not for commercial use"),
    ],
)
def test_a_licence_that_is_missing_or_reserved_is_a_warning(tmp_path, licence, said):
    _declare(tmp_path, licence=licence)
    shown = printed(tmp_path, _graph())
    assert "warning[model-licence]: the model of shapes" in shown
    assert said in shown


@pytest.mark.parametrize("licence", ["apache-2.0", "mit", "cc-by-4.0", "openrail", "ncsa"])
def test_a_licence_that_allows_commerce_is_no_matter(tmp_path, licence):
    _declare(tmp_path, licence=licence)
    assert rules(tmp_path, _graph()) == []


def test_a_folder_whose_card_names_no_licence_is_told_and_one_without_a_card_is_not(tmp_path):
    model = shutil.copytree(SHAPES, tmp_path / "mine")
    text = graph_text([GATE, "shapes: {kind: MAnalyzer, model: ./mine}", LOG], ["gate -> shapes -> log"])
    assert rules(tmp_path, text) == []
    (model / "README.md").write_text("# Mine\n\nlicense: mit\n")
    assert rules(tmp_path, text) == ["model-licence"]
    (model / "README.md").unlink()
    assert rules(tmp_path, text) == []


def test_a_model_of_the_hub_without_a_revision_is_a_hint(tmp_path):
    _declare(tmp_path, revision="")
    shown = printed(tmp_path, _graph())
    assert "hint[unpinned-model]: shapes takes whatever owner/shapes is" in shown


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"task": ""}, "missing-key"),
        ({"task": "lip-reading"}, "missing-key"),
        ({"task": "lip-reading", "runtime": "mine.models:Lips"}, "unsupported-task"),
        ({"options": "{type: object}"}, "bad-declaration"),
        ({"input": "{width: wide}"}, "wrong-type"),
        ({"input": "{width: -1}"}, "wrong-type"),
        ({"input": "[640, 480]"}, "wrong-type"),
        ({"weights": "{bytes: 1, format: zip}"}, "bad-value"),
        ({"weights": "{bytes: true}"}, "wrong-type"),
        ({"custom_code": "perhaps"}, "wrong-type"),
        ({"licence": "[mit]"}, "wrong-type"),
    ],
)
def test_what_is_wrong_in_a_declaration_of_a_model_is_told(tmp_path, wrong, rule):
    _declare(tmp_path, **wrong)
    assert rules(tmp_path, _graph()) == [rule]
