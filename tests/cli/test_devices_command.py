"""`iomt devices` and `iomt devices show`, as printed and as JSON."""

import json
import re
import shutil

import pytest
from jsonschema import Draft202012Validator

from iomt.catalogue.load import load_catalogue
from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.specimens import SHAPES

_MINE = """apiVersion: iomt.dev/v1
kind: MAnalyzer
metadata: {name: shapes}
spec:
  summary: Finds boxes and discs.
  model: owner/shapes
  revision: v1
  task: object-detection
  labels: [red box, blue disc]
  licence: apache-2.0
  input: {width: 96, height: 64, sample_rate: 16000}
  weights: {bytes: 1164928, format: safetensors}
  custom_code: true
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "shapes.yaml").write_text(_MINE)
    return tmp_path


def _said(capsys, *words, code=OK):
    assert main(["devices", *words]) == code
    return capsys.readouterr()


def test_the_table_has_a_line_for_every_device_ones_own_among_them(here, capsys):
    head, *lines = _said(capsys).out.splitlines()
    assert head.split() == ["NAME", "KIND", "TAKES", "GIVES", "WHAT", "IT", "IS"]
    assert [line.split()[0] for line in lines] == load_catalogue([here / "devices"])[0].names
    shapes = next(line for line in lines if line.startswith("shapes "))
    assert re.split(" {2,}", shapes) == [
        "shapes",
        "MAnalyzer",
        "media: image/jpeg",
        "results: detections",
        "Finds boxes and discs.",
    ]


def test_the_list_for_programs_has_names_kinds_summaries_and_ports(here, capsys):
    every = json.loads(_said(capsys, "--json").out)
    by_name = {each["name"]: each for each in every}
    assert by_name["object-lake"] == {
        "name": "object-lake",
        "kind": "MStorage",
        "summary": "A bucket that keeps each frame or window as one object.",
        "accepts": [{"port": "media", "media": ["*/*"], "delivery": "durable"}],
        "produces": [{"port": "objects", "media": ["*/*"], "like": "media"}],
    }
    assert "shapes" in by_name


def test_a_device_is_shown_with_its_ports_and_options(capsys):
    assert _said(capsys, "show", "video-file").out == (
        "video-file (MSensor)\n"
        "A video file played as a camera.\n"
        "\n"
        "gives\n"
        "  frames  image/jpeg\n"
        "\n"
        "options\n"
        "  path     text, needed. The video, relative to the graph file.\n"
        "  loop     true or false, default false. Start again at the end.\n"
        "  pace     real-time or fastest, default real-time. real-time gives frames when the clip's own "
        "clock\n"
        "           says so, like a camera; fastest as soon as there is room for them, losing none.\n"
        "  rate     number from 0.01 to 1000. Frames per second of the clip, for `iomt plan` to reckon "
        "with;\n"
        "           the clip's own clock sets its pace.\n"
        "  quality  whole number from 1 to 100, default 85. JPEG quality; ignored for video that is JPEG\n"
        "           already.\n"
    )


def test_a_model_is_shown_with_what_is_known_of_it(here, capsys):
    shown = _said(capsys, "show", "shapes").out
    assert shown.startswith(
        "shapes (MAnalyzer)\nFinds boxes and discs.\n\ntakes\n  media  image/jpeg; a link is"
    )
    assert shown.split("\nmodel\n")[1] == (
        "  model     owner/shapes\n"
        "  revision  v1\n"
        "  task      object-detection\n"
        "  result    items with label, score and box\n"
        "  licence   apache-2.0\n"
        "  input     96 x 64 pixels\n"
        "  rate      16000 samples per second\n"
        "  weights   1,164,928 bytes of safetensors\n"
        "  code      comes with a program of its own, which is never run\n"
        "  labels    red box and blue disc\n"
    )


def test_a_model_for_programs_has_all_labels_and_the_schema_of_its_results(here, capsys):
    told = json.loads(_said(capsys, "show", "shapes", "--json").out)
    assert told["model"] == {
        "id": "owner/shapes",
        "revision": "v1",
        "licence": "apache-2.0",
        "input": {"width": 96, "height": 64, "sample_rate": 16000},
        "weights": {"bytes": 1164928, "format": "safetensors"},
        "custom_code": True,
        "labels": ["red box", "blue disc"],
    }
    assert set(told["options"]["properties"]) == {"threshold", "labels", "threads"}
    Draft202012Validator.check_schema(told["result"])
    assert told["result"]["properties"]["items"]["items"]["required"] == ["label", "score", "box"]


def test_every_built_in_device_can_be_shown(capsys):
    for name in load_catalogue([])[0].names:
        assert _said(capsys, "show", name).out.startswith(f"{name} (M")
        assert json.loads(_said(capsys, "show", name, "--json").out)["name"] == name


def test_a_task_that_cannot_be_run_yet_says_so(here, capsys):
    path = here / "devices" / "shapes.yaml"
    path.write_text(_MINE.replace("object-detection", "depth-estimation"))
    shown = _said(capsys, "show", "shapes").out
    assert "  task      depth-estimation (this version cannot run it yet)\n" in shown
    assert "  results  application/vnd.iomt.depth+json\n" in shown


def test_an_unknown_device_suggests_the_nearest(capsys):
    said = _said(capsys, "show", "web-hook", code=MISUSE)
    assert (said.out, said.err) == (
        "",
        "iomt devices: there is no device called web-hook\n  help: did you mean webhook?\n",
    )


def test_a_broken_declaration_is_told_and_the_others_are_listed(here, capsys):
    (here / "devices" / "broken.yaml").write_text(_MINE)
    said = _said(capsys, code=FOUND_ERRORS)
    assert "error[bad-declaration]: the device is called shapes and its file broken.yaml" in said.err
    assert " --> devices/broken.yaml:3:18\n" in said.err
    assert "\nshapes " in said.out
    assert _said(capsys, "show", "broken", code=FOUND_ERRORS).out == ""
    assert _said(capsys, "show", "shapes").err == ""


def test_another_folder_than_devices_can_be_named_before_and_after_the_word(here, capsys):
    shutil.move(here / "devices", here / "mine")
    assert "shapes (" in _said(capsys, "show", "shapes", "--dir", "mine").out
    assert "shapes (" in _said(capsys, "--dir", "mine", "show", "shapes").out
    assert json.loads(_said(capsys, "--json", "--dir", "mine", "show", "shapes").out)["name"] == "shapes"


@pytest.mark.parametrize("words", [["lst"], ["show"], ["add", "x"], ["add", "--model", str(SHAPES)]])
def test_words_that_cannot_be_understood_end_with_2(words, capsys):
    assert "usage: iomt devices" in _said(capsys, *words, code=MISUSE).err
