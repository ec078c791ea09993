import subprocess
from pathlib import Path

import pytest
import yaml

from iomt.cli import MISUSE, OK, main
from tests.graphs import CAMERA, LAKE, LOG, PEOPLE, graph_text
from tests.targets.objects import by_name, plain_output
from tests.targets.programs import HELM, needs_helm

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted((_ROOT / "graphs").glob("*.yaml"))
_ODD = (
    r"""odd: {kind: MActuator, device: command, options: {"""
    r"""run: ["{{ .Values }}", 'a "quote"', "<&> `tick`", "é\nü"], when: count(person) > 2}}"""
)

_OWN = ("--image", "device=own/device:1")
"""An image with the odd program, which ours has not."""


def _templated(folder, *more):
    """What Helm makes of a chart, by kind and name."""
    done = subprocess.run([HELM, "template", "x", folder, *more], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return by_name(done.stdout)


def _chart(folder):
    """Of a graph with what could be taken for a template, with floats, and with several replicas."""
    people = PEOPLE.replace("}", ", replicas: 2, options: {threshold: 1.0}}")
    graph = folder / "graph.yaml"
    graph.write_text(
        graph_text([CAMERA, LAKE, LOG, people, _ODD], ["gate -> lake", "gate -> people -> [log, odd]"])
    )
    assert main(["compile", str(graph), *_OWN, "--format", "helm", "-o", str(folder / "chart")]) == OK
    return graph, folder / "chart"


@needs_helm
@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_the_chart_of_every_example_is_the_plain_output(graph, tmp_path, capsys):
    assert main(["compile", str(graph), "--format", "helm", "-o", str(tmp_path)]) == OK
    assert _templated(tmp_path) == plain_output(graph, capsys)


@needs_helm
def test_what_looks_like_a_template_stays_as_it_is(tmp_path, capsys):
    graph, chart = _chart(tmp_path)
    assert _templated(chart) == plain_output(graph, capsys, *_OWN)


@needs_helm
def test_values_are_the_knobs_of_the_graph(tmp_path, capsys):
    graph, chart = _chart(tmp_path)
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "nodes: {people: {replicas: 5, options: {threshold: 0.25}}}\nimages: {device: mine/device:2}\n"
    )
    made = _templated(chart, "-f", mine)
    text = (
        graph.read_text().replace("replicas: 2", "replicas: 5").replace("threshold: 1.0", "threshold: 0.25")
    )
    graph.write_text(text)
    capsys.readouterr()
    assert main(["compile", str(graph), "--image", "device=mine/device:2"]) == OK
    assert made == by_name(capsys.readouterr().out)


@needs_helm
@pytest.mark.parametrize(("written", "replicas", "budgets"), [(1, 3, 1), (2, 1, 0), (1, 1, 0), (2, 2, 1)])
def test_a_node_that_runs_several_times_has_a_disruption_budget(tmp_path, written, replicas, budgets):
    graph = tmp_path / "graph.yaml"
    people = PEOPLE.replace("}", f", replicas: {written}}}")
    graph.write_text(graph_text([CAMERA, people, LOG], ["gate -> people -> log"]))
    assert main(["compile", str(graph), "--format", "helm", "-o", str(tmp_path / "chart")]) == OK
    made = _templated(tmp_path / "chart", "--set", f"nodes.people.replicas={replicas}")
    found = [body for (kind, name), body in made.items() if kind == "PodDisruptionBudget"]
    assert len(found) == budgets
    if found:
        assert found[0]["metadata"]["name"] == "people"
        assert found[0]["spec"]["maxUnavailable"] == 1


@needs_helm
def test_the_namespace_can_be_somebody_elses(tmp_path):
    _, chart = _chart(tmp_path)
    assert not [
        kind for kind, _ in _templated(chart, "--set", "createNamespace=false") if kind == "Namespace"
    ]


def test_values_say_what_each_option_is_and_leave_out_what_decides_more(tmp_path):
    graph = tmp_path / "graph.yaml"
    camera = 'gate: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://10.0.0.1/1", quality: 70}}'
    graph.write_text(graph_text([camera, LAKE], ["gate -> lake"]))
    assert main(["compile", str(graph), "--format", "helm", "-o", str(tmp_path / "chart")]) == OK
    text = (tmp_path / "chart" / "values.yaml").read_text()
    values = yaml.safe_load(text)
    assert values["nodes"]["gate"]["options"]["quality"] == 70
    assert not {"url", "transport"} & values["nodes"]["gate"]["options"].keys()
    assert "      # JPEG quality" in text
    assert set(values["images"]) == {"device", "nats", "store"}


def test_a_chart_needs_a_folder(tmp_path, capsys):
    graph = tmp_path / "graph.yaml"
    graph.write_text(graph_text([CAMERA, LAKE], ["gate -> lake"]))
    assert main(["compile", str(graph), "--format", "helm"]) == MISUSE
    assert "a chart is a folder: name one with -o DIR" in capsys.readouterr().err
