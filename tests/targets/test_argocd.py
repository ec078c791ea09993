import pytest
import yaml

from iomt.cli import MISUSE, OK, main
from tests.graphs import CAMERA, LAKE, graph_text

_WHERE = ["--repo", "https://git.example/site.git", "--path", "deploy/overlays/prod"]


@pytest.fixture
def graph(tmp_path):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([CAMERA, LAKE], ["gate -> lake"]))
    return str(path)


def test_an_application_says_where_its_folder_is_and_where_it_goes(graph, capsys):
    words = [*_WHERE, "--revision", "v2", "--namespace", "yard"]
    assert main(["compile", graph, "--format", "argocd", *words]) == OK
    assert yaml.safe_load(capsys.readouterr().out) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": "street", "namespace": "argocd"},
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://git.example/site.git",
                "targetRevision": "v2",
                "path": "deploy/overlays/prod",
            },
            "destination": {"server": "https://kubernetes.default.svc", "namespace": "yard"},
            "syncPolicy": {"syncOptions": ["ServerSideApply=true"]},
        },
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "argocd"], "an Application says where its folder is: --repo URL --path DIR"),
        (["--format", "argocd", *_WHERE, "-o", "folder/"], "an Application is a file"),
        (_WHERE, "--repo, --path and --revision are for --format argocd"),
    ],
)
def test_arguments_that_do_not_go_together_are_told(graph, words, told, capsys):
    assert main(["compile", graph, *words]) == MISUSE
    assert told in capsys.readouterr().err
