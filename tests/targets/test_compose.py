import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.graphs import GATE, LAKE, PEOPLE, WALL, graph_text
from tests.targets.programs import COMPOSE, needs_compose

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted((_ROOT / "graphs").glob("*.yaml"))
_BROKER = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
every_graph = pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)


def _composed(graph, capsys):
    capsys.readouterr()
    assert main(["compile", str(graph), "--target", "compose"]) == OK
    return capsys.readouterr().out


def _read(folder, text):
    """What Compose itself makes of a file, its first lines having made the passwords."""
    (folder / "compose.yaml").write_text(text)
    command = "".join(line[1:].strip() + "\n" for line in text.splitlines() if line.startswith("#   "))
    subprocess.run(["sh", "-c", command], cwd=folder, check=True)
    with (folder / ".env").open("a") as file:
        file.write("IOMT_SECRET_GUARD_URL=http://guard.example/\n")
    words = [*COMPOSE, "config", "--format", "json"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "variable is not set" not in done.stderr
    return json.loads(done.stdout)


@needs_compose
@every_graph
def test_compose_reads_every_example_and_devices_are_told_what_pods_are(graph, tmp_path, capsys):
    made = _read(tmp_path, _composed(graph, capsys))
    assert main(["compile", str(graph)]) == OK
    objects = list(yaml.load_all(capsys.readouterr().out, yaml.CSafeLoader))
    namespace = f".{objects[0]['metadata']['name']}.svc.cluster.local"
    pods = {each["metadata"]["name"]: each for each in objects if each["kind"] == "Deployment"}
    maps = {each["metadata"]["name"]: each["data"] for each in objects if each["kind"] == "ConfigMap"}
    assert pods.keys() <= made["services"].keys()
    for name, pod in pods.items():
        told = json.loads(made["configs"][f"{name}-settings.json"]["content"].replace("$$", "$"))
        wanted = json.loads(maps[name]["settings.json"].replace(namespace, ""))
        urls = [re.sub(r"^(http://[^/]+)/", r"\1:8080/", each["url"]) for each in wanted["inputs"]]
        for link, url in zip(wanted["inputs"], urls, strict=True):
            link["url"] = url
        assert told == wanted
        (container,) = pod["spec"]["template"]["spec"]["containers"]
        service = made["services"][name]
        assert (service["image"], service["entrypoint"]) == (container["image"], container["command"])
    if "nats" in maps:
        assert made["configs"]["nats-nats.conf"]["content"].replace("$$", "$") == maps["nats"]["nats.conf"]


@needs_compose
def test_the_broker_takes_its_configuration_with_the_passwords_of_the_environment(tmp_path, capsys):
    made = _read(tmp_path, _composed(_ROOT / "graphs" / "campus.yaml", capsys))
    (tmp_path / "nats.conf").write_text(made["configs"]["nats-nats.conf"]["content"].replace("$$", "$"))
    environment = {**os.environ, **made["services"]["nats"]["environment"]}
    command = [_BROKER, "-t", "-c", str(tmp_path / "nats.conf")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    words = [value for name, value in environment.items() if name.startswith("PASSWORD_")]
    assert len(words) == 8
    assert all(re.fullmatch("k[0-9a-f]{32}", word) for word in words)
    assert made["secrets"]["lake-broker-password"]["environment"] == "IOMT_LAKE_BROKER_PASSWORD"


def _graph(folder, *nodes):
    path = folder / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE, WALL, *nodes], ["gate -> [lake, wall]"]))
    return str(path)


def test_a_camera_of_the_machine_and_a_page_come_through(tmp_path, capsys):
    services = yaml.safe_load(_composed(_graph(tmp_path), capsys))["services"]
    assert services["gate"]["devices"] == ["/dev/video0:/dev/video0"]
    assert services["wall"]["ports"] == ["127.0.0.1::8080"]
    assert services["gate"]["networks"] == ["inside"]
    assert services["gate"]["depends_on"]["iomt-bootstrap"] == {"condition": "service_completed_successfully"}


def test_files_are_named_from_the_graphs_folder(capsys):
    text = _composed(_ROOT / "graphs" / "sorting-line.yaml", capsys)
    services = yaml.safe_load(text)["services"]
    assert services["left"]["volumes"][-1] == {
        "type": "bind",
        "source": "./media/conveyor-a.mp4",
        "target": "/srv/iomt/media/conveyor-a.mp4",
        "read_only": True,
    }
    assert services["shapes"]["volumes"][-1]["source"] == "../devices/models/shapes-rtdetr"
    assert str(_ROOT) not in text


def test_what_one_host_cannot_do_is_told(tmp_path, capsys):
    people = PEOPLE.replace(
        "}", ", autoscale: {min: 1, max: 3, cpu: 70%}, gpu: {count: 1, resource: amd.com/gpu}}"
    )
    assert main(["compile", _graph(tmp_path, people), "--target", "compose"]) == FOUND_ERRORS
    err = capsys.readouterr().err
    assert (
        "error[target-compose]: people needs amd.com/gpu, and Compose can ask for those of nvidia alone"
        in err
    )
    assert "warning[target-compose]: Compose scales nothing: 1 of people run for good" in err


@pytest.mark.parametrize("words", [["--format", "helm"], ["-o", "folder/"], ["--platform", "external"]])
def test_arguments_that_do_not_go_with_compose_are_told(tmp_path, words, capsys):
    assert main(["compile", _graph(tmp_path), "--target", "compose", *words]) == MISUSE
    assert "for compose" in capsys.readouterr().err
