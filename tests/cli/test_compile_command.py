import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.graphs import GATE, LAKE, WALL, graph_text

_FINE = graph_text([GATE, LAKE, WALL], ["gate -> [lake, wall]"])
_FILES = {
    "kustomization.yaml",
    "base/kustomization.yaml",
    "base/street.namespace.yaml",
    "base/iomt-bootstrap.configmap.yaml",
    "base/iomt-bootstrap.job.yaml",
    "base/iomt-bootstrap.serviceaccount.yaml",
    "base/iomt-bootstrap.networkpolicy.yaml",
    "base/iomt-default-deny.networkpolicy.yaml",
    "base/nats.configmap.yaml",
    *(
        f"base/{node}.{kind}.yaml"
        for node in ("gate", "lake", "wall")
        for kind in ("configmap", "deployment", "networkpolicy", "service", "serviceaccount")
    ),
    *(
        f"base/{part}.{kind}.yaml"
        for part in ("nats", "store")
        for kind in ("networkpolicy", "service", "serviceaccount", "statefulset")
    ),
}


@pytest.fixture(autouse=True)
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("street.yaml")
    path.write_text(_FINE)
    return path


def _names(folder="out"):
    """Files by path, and folders in which nothing is."""
    every = Path(folder).rglob("*")
    return {str(path.relative_to(folder)) for path in every if path.is_file() or not any(path.iterdir())}


def test_objects_go_to_standard_output_and_warnings_to_standard_error(capfdbinary):
    assert main(["compile", "street.yaml"]) == OK
    out, err = capfdbinary.readouterr()
    kinds = [each["kind"] for each in yaml.safe_load_all(out)]
    broker = ["ServiceAccount", "Service", "ConfigMap", "StatefulSet"]
    store = ["ServiceAccount", "Service", "StatefulSet"]
    bootstrap = ["ServiceAccount", "ConfigMap", "Job"]
    node = ["ServiceAccount", "ConfigMap", "Deployment", "Service"]
    policies = ["NetworkPolicy"] * 7
    assert kinds == ["Namespace", *policies, *broker, *store, *bootstrap, *node * 3]
    assert b"warning[target-file]: gate needs /dev/video0" in err


def test_a_graph_with_an_error_is_not_rendered(graph, capsys):
    graph.write_text(_FINE.replace("gate ->", "gaet ->"))
    assert main(["compile", "street.yaml", "-o", "out"]) == FOUND_ERRORS
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[unknown-node]" in err
    assert not Path("out").exists()


def test_an_error_of_the_target_alone_is_not_rendered_either(graph, capsys):
    graph.write_text(graph_text([GATE, LAKE.replace("lake", "nats", 1)], ["gate -> nats"]))
    assert main(["compile", "street.yaml", "-o", "out"]) == FOUND_ERRORS
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[target-name]: nats is the name of the broker's Service" in err
    assert "street.yaml: 1 error, 1 warning" in err
    assert not Path("out").exists()


def test_a_name_of_a_yaml_file_gets_everything(capfdbinary):
    assert main(["compile", "street.yaml"]) == OK
    printed = capfdbinary.readouterr().out
    assert main(["compile", "street.yaml", "-o", "new/all.yaml"]) == OK
    assert Path("new/all.yaml").read_bytes() == printed
    assert _names("new") == {"all.yaml"}


def test_a_folder_gets_a_file_for_each_object():
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    assert _names() == _FILES
    for path in Path("out").rglob("*.yaml"):
        (each,) = yaml.safe_load_all(path.read_text())
        assert path.name.endswith(f"{each['kind'].lower()}.yaml")


def test_compiling_again_changes_what_differs_and_removes_what_is_gone(graph):
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    same = Path("out/base/gate.service.yaml")
    before = same.stat().st_mtime_ns
    graph.write_text(graph_text([GATE, LAKE], ["gate -> lake"]))
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    assert _names() == {name for name in _FILES if not name.startswith("base/wall.")}
    assert same.stat().st_mtime_ns == before


def test_what_a_killed_compile_left_half_written_is_removed():
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    Path("out/base/.gate.service.yaml.123").write_text(Path("out/base/gate.service.yaml").read_text()[:60])
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    assert _names() == _FILES


@pytest.mark.parametrize(
    "foreign", ["notes.txt", "base/gate.service.yaml", ".hidden", "folder", "base/mine.yaml", "sites/folder"]
)
def test_a_folder_with_something_else_in_it_is_left_alone(foreign, capsys):
    path = Path("out") / foreign
    path.parent.mkdir(parents=True)
    if path.name == "folder":
        path.mkdir()
    else:
        path.write_text("apiVersion: v1\n")
    assert main(["compile", "street.yaml", "-o", "out"]) == MISUSE
    assert _names() == {foreign}
    assert (
        f"out holds what `iomt compile` did not write for this graph ({foreign})" in capsys.readouterr().err
    )


def test_the_folder_of_another_graph_is_left_alone(graph, capsys):
    assert main(["compile", "street.yaml", "-o", "out"]) == OK
    graph.write_text(_FINE.replace("name: street", "name: streets"))
    assert main(["compile", "street.yaml", "-o", "out"]) == MISUSE
    assert "name an empty folder" in capsys.readouterr().err
    assert _names() == _FILES


def test_the_graph_itself_is_never_overwritten(capsys):
    assert main(["compile", "street.yaml", "-o", "street.yaml"]) == MISUSE
    assert "was not written by `iomt compile` for this graph" in capsys.readouterr().err
    assert Path("street.yaml").read_text() == _FINE


def test_a_link_to_a_file_stays_a_link():
    assert main(["compile", "street.yaml", "-o", "real.yaml"]) == OK
    before = Path("real.yaml").read_text()
    Path("link.yaml").symlink_to("real.yaml")
    Path("real.yaml").write_text(before + "# changed\n")
    assert main(["compile", "street.yaml", "-o", "link.yaml"]) == OK
    assert Path("link.yaml").is_symlink()
    assert Path("real.yaml").read_text() == before


def test_a_pipe_is_written_to_and_stays_a_pipe():
    os.mkfifo("pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()))
    reader.start()
    assert main(["compile", "street.yaml", "-o", "pipe"]) == OK
    reader.join(10)
    assert read[0].startswith("# iomt compile: graph street\n")
    assert Path("pipe").is_fifo()


def test_a_place_that_cannot_be_written_to_is_told_in_a_line(capsys):
    assert main(["compile", "street.yaml", "-o", "street.yaml/out"]) == MISUSE
    assert "iomt compile: street.yaml/out: Not a directory\n" in capsys.readouterr().err


def test_compile_imports_nothing_heavy(graph):
    script = (
        "import sys; from iomt.cli import main; main(['compile', 'street.yaml']); "
        "print('MODULES', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = {name.split(".")[0] for name in done.stdout.split("MODULES ")[1].split()}
    assert "iomt" in modules
    heavy = {"torch", "transformers", "kubernetes", "networkx", "numpy", "jsonschema", "rich", "asyncio"}
    assert not modules & heavy
