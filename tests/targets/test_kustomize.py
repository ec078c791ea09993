import subprocess
from pathlib import Path

import pytest
import yaml

from iomt.cli import FOUND_ERRORS, OK, main
from tests.graphs import CAMERA, LAKE, PEOPLE, WALL, graph_text
from tests.targets.objects import by_name, plain_output
from tests.targets.programs import KUBECTL, needs_kubectl

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted((_ROOT / "graphs").glob("*.yaml"))
_SITES = "  sites: {hall: {selector: {zone: hall}}, yard: {}}\n"


def _built(folder):
    """What kubectl makes of a folder, by kind and name."""
    done = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return by_name(done.stdout)


@needs_kubectl
@pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)
def test_the_folder_of_every_example_is_built_into_the_plain_output(graph, tmp_path, capsys):
    assert main(["compile", str(graph), "-o", str(tmp_path)]) == OK
    assert _built(tmp_path) == plain_output(graph, capsys)


def _of_two_sites(folder):
    nodes = [
        CAMERA.replace("gate: {", "gate: {site: hall, "),
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


_PROFILES = """\
  profiles:
    dev:
      nodes:
        wall: null
        lake: {options: {retain: 1h}}
        second: {kind: MStorage, device: object-lake}
      links: [gate -> second]
    prod:
      sites: {hall: {selector: {example.org/zone: cellar-2}}}
      nodes:
        people: {replicas: 3, resources: {limits: {memory: 4Gi}}}
    same: {}
"""


def _with_profiles(folder):
    nodes = [CAMERA.replace("}}", "}, site: hall}"), LAKE, WALL, PEOPLE]
    text = graph_text(nodes, ["gate -> [lake, wall]", "gate -> people -> wall"])
    path = folder / "graph.yaml"
    path.write_text(text.replace("  nodes:", f"{_PROFILES}{_SITES}  nodes:", 1))
    return path


@needs_kubectl
@pytest.mark.parametrize("profile", ["dev", "prod", "same"])
def test_an_overlay_is_built_into_the_plain_output_with_its_profile(tmp_path, capsys, profile):
    graph, out = _with_profiles(tmp_path), tmp_path / "out"
    assert main(["compile", str(graph), "-o", str(out)]) == OK
    assert _built(out) == plain_output(graph, capsys)
    assert _built(out / "overlays" / profile) == plain_output(graph, capsys, "--profile", profile)


def test_an_overlay_has_a_file_for_each_object_that_is_another_one(tmp_path):
    assert main(["compile", str(_with_profiles(tmp_path)), "-o", str(tmp_path / "out")]) == OK
    overlays = tmp_path / "out" / "overlays"
    assert {path.name for path in (overlays / "prod").iterdir()} == {
        "kustomization.yaml",
        "other-gate.deployment.yaml",
        "other-people.configmap.yaml",  # several of it share its latest link
        "other-people.deployment.yaml",
        "people.poddisruptionbudget.yaml",
    }
    operations = yaml.safe_load((overlays / "prod" / "other-people.deployment.yaml").read_text())
    assert {"op": "replace", "path": "/spec/replicas", "value": 3} in operations
    assert {path.name for path in (overlays / "same").iterdir()} == {"kustomization.yaml"}
    dev = {path.name for path in (overlays / "dev").iterdir()}
    assert {"second.deployment.yaml", "without-wall.service.yaml", "other-lake.configmap.yaml"} <= dev


def test_with_a_profile_named_a_folder_is_that_of_it_alone(tmp_path):
    graph = _with_profiles(tmp_path)
    assert main(["compile", str(graph), "--profile", "dev", "-o", str(tmp_path / "out")]) == OK
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"base", "sites", "kustomization.yaml"}
    assert not list((tmp_path / "out").rglob("wall.*"))


def test_a_profile_with_an_error_is_not_rendered(tmp_path, capsys):
    graph = _with_profiles(tmp_path)
    graph.write_text(graph.read_text().replace("replicas: 3", "replicsa: 3"))
    assert main(["compile", str(graph), "-o", str(tmp_path / "out")]) == FOUND_ERRORS
    assert "error[unknown-key]: with profile prod: node people has no key replicsa" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
