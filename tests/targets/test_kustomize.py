import subprocess
from pathlib import Path

import pytest
import yaml

from iomt.cli import OK, main
from tests.graphs import GATE, LAKE, WALL, graph_text
from tests.targets.programs import KUBECTL, needs_kubectl

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted((_ROOT / "graphs").glob("*.yaml"))
_SITES = "  sites: {hall: {selector: {zone: hall}}, yard: {}}\n"


def _built(folder):
    """What kubectl makes of a folder, by kind and name."""
    done = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return _by_name(done.stdout)


def _by_name(text):
    every = list(yaml.safe_load_all(text))
    made = {(each["kind"], each["metadata"]["name"]): each for each in every}
    assert len(made) == len(every)
    return made


def _plain(graph, capsys):
    capsys.readouterr()
    assert main(["compile", str(graph)]) == OK
    return _by_name(capsys.readouterr().out)


@needs_kubectl
@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_the_folder_of_every_example_is_built_into_the_plain_output(graph, tmp_path, capsys):
    assert main(["compile", str(graph), "-o", str(tmp_path)]) == OK
    assert _built(tmp_path) == _plain(graph, capsys)


def _of_two_sites(folder):
    nodes = [
        GATE.replace("}", ", site: hall}"),
        LAKE.replace("}", ", site: yard}"),
        WALL,
    ]
    path = folder / "graph.yaml"
    path.write_text(graph_text(nodes, ["gate -> [lake, wall]"]).replace("  nodes:", f"{_SITES}  nodes:"))
    return path


def test_the_nodes_of_a_site_have_a_folder_and_those_without_one_are_in_the_base(tmp_path):
    assert main(["compile", str(_of_two_sites(tmp_path)), "-o", str(tmp_path / "out")]) == OK
    sites = tmp_path / "out" / "sites"
    assert {path.name for path in sites.iterdir()} == {"hall", "yard"}
    assert {path.name.partition(".")[0] for path in (sites / "yard").iterdir()} == {"lake", "kustomization"}
    assert (tmp_path / "out" / "base" / "wall.deployment.yaml").is_file()
    kustomization = yaml.safe_load((tmp_path / "out" / "kustomization.yaml").read_text())
    assert kustomization["resources"] == ["base", "sites/hall", "sites/yard"]


@needs_kubectl
def test_a_site_can_be_built_by_itself(tmp_path):
    assert main(["compile", str(_of_two_sites(tmp_path)), "-o", str(tmp_path / "out")]) == OK
    made = _built(tmp_path / "out" / "sites" / "hall")
    assert {name for _, name in made} == {"gate"}
    assert made["Deployment", "gate"]["spec"]["template"]["spec"]["nodeSelector"] == {"zone": "hall"}


def test_a_site_that_nobody_is_at_any_more_loses_its_folder(tmp_path):
    graph = _of_two_sites(tmp_path)
    assert main(["compile", str(graph), "-o", str(tmp_path / "out")]) == OK
    graph.write_text(graph.read_text().replace("site: yard", "site: hall"))
    assert main(["compile", str(graph), "-o", str(tmp_path / "out")]) == OK
    assert {path.name for path in (tmp_path / "out" / "sites").iterdir()} == {"hall"}
