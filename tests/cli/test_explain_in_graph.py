"""`iomt explain KIND/NAME GRAPH` and `iomt explain NODE GRAPH`."""

from pathlib import Path

import pytest

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from iomt.targets.kubernetes.explained import find, object_text, titles
from tests.graphs import CAMERA, LAKE, PEOPLE, WALL, graph_text
from tests.targets.harbour import harbour

_PEOPLE = PEOPLE.replace("}", ", replicas: 2, resources: {memory: 3Gi}, gpu: 1}")


@pytest.fixture(autouse=True)
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("street.yaml").write_text(
        graph_text([CAMERA, LAKE, _PEOPLE, WALL], ["gate -> lake", "gate -> people -> wall"])
    )


def _explained(capsys, *words):
    assert main(["explain", *words]) == OK
    return capsys.readouterr().out


def _part(text, path):
    """What is said of one part of an object."""
    return text.partition(f"\n\n{path}: ")[2].partition("\n\n")[0].splitlines()


def test_a_part_of_an_object_tells_its_line_of_the_graph(capsys):
    text = _explained(capsys, "deployment/people", "street.yaml")
    assert text.startswith(
        "deployment/people in namespace street\nof node people, street.yaml:8: people: {kind: "
    )
    value, why, line = _part(text, "spec/replicas")
    assert (value, why) == ("2", "  how many of it run at first")
    assert line.startswith("    street.yaml:8: people: {kind: MAnalyzer, ")
    assert "  graphics processors" in _part(text, "spec/template/spec/containers/0/resources")
    assert "memory" in _part(text, "spec/template/spec/containers/0/resources")[0]


def test_a_part_that_nobody_wrote_tells_the_reason_of_its_default(capsys):
    text = _explained(capsys, "deployment/gate", "street.yaml")
    assert _part(text, "spec/replicas") == ["1", "  one, since neither replicas nor autoscale is written"]
    assert _part(text, "spec/strategy") == [
        '{"type": "Recreate"}',
        "  it has no model: two of it at once would number frames alike, or act twice",
    ]


def test_an_account_tells_the_links_that_it_is_for(capsys):
    text = _explained(capsys, "netpol/gate", "street.yaml")
    assert "  talks to the broker, for gate.frames->lake.media\n    street.yaml:11: - gate -> lake\n" in text
    assert "  the address in url\n    street.yaml:6: gate: {kind: MSensor, device: rtsp-camera" in text


@pytest.mark.parametrize("word", ["deploy/lake", "Deployment/lake", "deployments/lake"])
def test_kinds_are_called_as_kubectl_does(word, capsys):
    assert _explained(capsys, word, "street.yaml").startswith("deployment/lake in namespace street\n")


def test_the_broker_and_the_bootstrap_tell_the_links_that_need_them(capsys):
    assert "gate.frames->people.media goes over the broker, latest\n    street.yaml:12: " in _explained(
        capsys, "sts/nats", "street.yaml"
    )
    text = _explained(capsys, "job/iomt-bootstrap", "street.yaml")
    assert "  stream street_gate_frames, read by lake_media\n    street.yaml:11: - gate -> lake\n" in text
    assert "  bucket street-lake\n    street.yaml:7: lake: {kind: MStorage, device: object-lake}\n" in text


def test_a_node_tells_its_options_links_and_objects(capsys):
    text = _explained(capsys, "gate", "street.yaml")
    assert "  transport: tcp\n    the default of rtsp-camera\n" in text
    assert "  url: rtsp://10.0.0.12/1\n    street.yaml:6: gate: {" in text
    assert "    delivery: durable (what suits lake)\n" in text
    assert text.endswith("\n  configmap/gate\n  deployment/gate\n  service/gate\n")


def test_what_is_not_there_suggests_what_is(capsys):
    assert main(["explain", "deployment/poeple", "street.yaml"]) == MISUSE
    told = "iomt explain: there is no object deployment/poeple: did you mean deployment/people?\n"
    assert capsys.readouterr().err == told
    assert main(["explain", "wal", "street.yaml"]) == MISUSE
    assert capsys.readouterr().err == "iomt explain: there is no node wal: did you mean wall?\n"
    assert main(["explain", "deployment/people"]) == MISUSE
    assert "name its graph: iomt explain deployment/people GRAPH" in capsys.readouterr().err


def test_a_graph_with_errors_is_not_explained(capsys):
    Path("street.yaml").write_text(graph_text([CAMERA], ["gate -> lake"]))
    assert main(["explain", "gate", "street.yaml"]) == FOUND_ERRORS
    assert "error[unknown-node]" in capsys.readouterr().err


def test_every_object_of_a_graph_that_uses_everything_is_explained():
    checked, rendered = harbour()
    for title in titles(rendered):
        text = object_text(rendered, checked.resolved, find(rendered, title), checked.lines)
        assert len(text.splitlines()) > 3, text


def test_every_part_of_a_pod_that_differs_between_nodes_has_a_reason():
    checked, rendered = harbour(pull_secrets=("mine",), priorities={"": "site"})
    for each in rendered.manifests:
        if each.body["kind"] != "Deployment":
            continue
        text = object_text(rendered, checked.resolved, each, checked.lines)
        paths = {line.partition(": ")[0] for line in text.splitlines() if line.startswith("spec/")}
        pod = each.body["spec"]["template"]["spec"]
        parts = (*(f"spec/{key}" for key in each.body["spec"]), *(f"spec/template/spec/{key}" for key in pod))
        unsaid = {
            part.rpartition("/")[2] for part in parts if not any(path.startswith(part) for path in paths)
        }
        assert unsaid <= _ALIKE


_ALIKE = {
    "revisionHistoryLimit",
    "selector",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "serviceAccountName",
    "volumes",
}
"""Parts that are the same in every Deployment, or say nothing but its name."""


def test_objects_are_those_of_a_compile_with_the_same_arguments(capsys):
    text = _explained(
        capsys, "deployment/people", "street.yaml", "--namespace", "hall", "--pull-secret", "own"
    )
    assert text.startswith("deployment/people in namespace hall\n")
    assert "ingress/wall" not in _explained(capsys, "wall", "street.yaml")
    asked = ("--with", "ingress=site.example")
    assert "ingress/wall" in _explained(capsys, "wall", "street.yaml", *asked)
    assert main(["explain", "poddisruptionbudget/nats", "street.yaml"]) == MISUSE
    assert _explained(capsys, "poddisruptionbudget/nats", "street.yaml", "--servers", "3")


def test_a_profile_is_explained_with_its_lines(capsys):
    text = Path("street.yaml").read_text()
    profile = "  profiles: {prod: {nodes: {people: {replicas: 3}}}}\n"
    Path("street.yaml").write_text(text.replace("  nodes:\n", f"{profile}  nodes:\n", 1))
    told = _explained(capsys, "deployment/people", "street.yaml", "--profile", "prod")
    value, _, line = _part(told, "spec/replicas")
    assert value == "3"
    assert line.startswith("    street.yaml:5: profiles: {prod: ")
