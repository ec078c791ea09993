"""What `iomt apply` says where there is no cluster; tests/testbed has a real one."""

import socket

import pytest
import yaml

from iomt.cli import FOUND_ERRORS, MISUSE, main
from tests.graphs import CAMERA, LAKE, graph_text


@pytest.fixture(autouse=True)
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    (tmp_path / "street.yaml").write_text(graph_text([CAMERA, LAKE], ["gate -> lake"]))
    return tmp_path / "street.yaml"


def _kubeconfig(folder, port):
    (folder / "kubeconfig").write_text(
        yaml.safe_dump(
            {
                "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
                "users": [{"name": "u", "user": {"token": "t"}}],
                "contexts": [{"name": "edge", "context": {"cluster": "c", "user": "u"}}],
                "current-context": "edge",
            }
        )
    )


@pytest.mark.parametrize("verb", [["apply"], ["delete", "--yes"], ["status"]])
def test_no_kubeconfig_is_told_with_what_to_set(verb, capsys):
    assert main([verb[0], "street.yaml", *verb[1:]]) == MISUSE
    assert "no cluster: " in (told := capsys.readouterr().err)
    assert "set KUBECONFIG, or name a context with --context" in told


def test_a_wrong_context_is_told_with_those_there_are(tmp_path, capsys):
    _kubeconfig(tmp_path, 1)
    assert main(["apply", "street.yaml", "--context", "egde"]) == MISUSE
    assert "iomt apply: there is no context egde; there are edge" in capsys.readouterr().err


def test_a_cluster_that_is_away_is_told_with_its_address(tmp_path, capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _kubeconfig(tmp_path, port)
    assert main(["apply", "street.yaml"]) == MISUSE
    told = capsys.readouterr().err
    assert f"no answer from http://127.0.0.1:{port}: " in told
    assert "Connection refused" in told


def test_a_graph_with_an_error_asks_no_cluster(graph, capsys):
    graph.write_text(graph.read_text().replace("gate ->", "gaet ->"))
    assert main(["apply", "street.yaml"]) == FOUND_ERRORS
    assert "error[unknown-node]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--namespace", "kube-system"], "'kube-system' is no name for a namespace of yours"),
        (["--namespace", "Hall"], "'Hall' is no name"),
        (["--image", "analyser=x"], "is not PART=IMAGE with a part of device, analyzer, nats, store"),
        (["--image", "device="], "is not PART=IMAGE"),
        (["--volume", "10"], "'10' is no size like 500Mi, 10Gi or 1Ti, and not none"),
        (["--timeout", "soon"], "soon"),
    ],
)
def test_arguments_that_cannot_be_meant_are_told(words, told, capsys):
    assert main(["apply", "street.yaml", *words]) == MISUSE
    assert told in capsys.readouterr().err
