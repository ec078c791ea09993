"""`iomt schema` and `iomt init`."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from iomt.checks import check
from iomt.cli import FOUND_ERRORS, MISUSE, OK, main


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def _declare(kind="MSensor"):
    Path("devices").mkdir()
    Path("devices/mine.yaml").write_text(
        f"apiVersion: iomt.dev/v1\nkind: {kind}\nmetadata: {{name: mine}}\n"
        "spec: {summary: My camera., runtime: 'mine:Mine'}\n"
    )


def test_the_schema_is_printed_and_always_the_same(capsys):
    assert main(["schema"]) == OK
    first = capsys.readouterr().out
    schema = json.loads(first)
    Draft202012Validator.check_schema(schema)
    assert schema["$defs"]["node"]["properties"]["device"]["description"] == "A name of the catalogue."
    assert main(["schema"]) == OK
    assert capsys.readouterr().out == first


def test_the_schema_knows_the_devices_of_a_folder(capsys):
    _declare()
    assert main(["schema", "--devices", "devices"]) == OK
    devices = json.loads(capsys.readouterr().out)["$defs"]["node"]["properties"]["device"]["anyOf"]
    assert {"const": "mine", "description": "My camera."} in devices


def test_a_broken_declaration_is_told_and_no_schema_printed(capsys):
    _declare("MSensr")
    assert main(["schema", "--devices", "devices"]) == FOUND_ERRORS
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error[unknown-kind]" in captured.err
    assert "2 | kind: MSensr" in captured.err


def test_a_folder_of_devices_that_is_not_there_is_a_misuse(capsys):
    assert main(["schema", "--devices", "none"]) == MISUSE
    assert capsys.readouterr().err == "iomt schema: --devices: there is no folder none\n"


def test_init_writes_a_graph_without_more_than_a_hint_beside_its_schema(capsys):
    assert main(["init"]) == OK
    assert capsys.readouterr().out == (
        "graph.yaml: written; look at it, then `iomt check graph.yaml`\n"
        "iomt.schema.json: written, for your editor\n"
    )
    checked = check("graph.yaml")
    assert checked.resolved
    assert {finding.rule for finding in checked.findings} == {"unpinned-model"}
    assert checked.source.lines[0] == "# yaml-language-server: $schema=iomt.schema.json"
    Draft202012Validator.check_schema(json.loads(Path("iomt.schema.json").read_text()))


def test_the_graph_is_called_like_its_file():
    Path("sites").mkdir()
    assert main(["init", "sites/My Street_2.yaml"]) == OK
    assert check("sites/My Street_2.yaml").resolved.graph.name == "my-street-2"
    assert Path("sites/iomt.schema.json").is_file()
    assert main(["init", "___.yaml"]) == OK
    assert check("___.yaml").resolved.graph.name == "graph"


def test_init_replaces_nothing(capsys):
    Path("graph.yaml").write_text("mine")
    Path("dangling.yaml").symlink_to("nowhere")
    assert main(["init"]) == MISUSE
    assert capsys.readouterr().err == "iomt init: graph.yaml is there already: name another file\n"
    assert main(["init", "dangling.yaml"]) == MISUSE
    assert (Path("graph.yaml").read_text(), Path("nowhere").exists()) == ("mine", False)
    assert not Path("iomt.schema.json").exists()


def test_a_schema_that_is_there_is_kept(capsys):
    Path("iomt.schema.json").write_text("{}")
    assert main(["init"]) == OK
    assert capsys.readouterr().out.endswith("iomt.schema.json: kept as it was\n")
    assert Path("iomt.schema.json").read_text() == "{}"


def test_init_in_a_folder_that_is_not_there_says_so(capsys):
    assert main(["init", "none/graph.yaml"]) == MISUSE
    assert capsys.readouterr().err == "iomt init: none/graph.yaml: No such file or directory\n"


def test_the_schema_of_init_knows_the_devices_beside_the_graph():
    _declare()
    assert main(["init"]) == OK
    assert '"const": "mine"' in Path("iomt.schema.json").read_text()
