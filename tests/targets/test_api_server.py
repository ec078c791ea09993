"""What an API server says to the objects: needs one, named by IOMT_TEST_KUBECONFIG, and kubectl."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from iomt.cli import OK, main
from tests.targets.harbour import GRAPH, IMAGE

_ROOT = Path(__file__).parents[2]
_GRAPHS = [*sorted((_ROOT / "graphs").glob("*.yaml")), GRAPH]
_KUBECONFIG = os.environ.get("IOMT_TEST_KUBECONFIG", "")
_KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
pytestmark = [
    pytest.mark.skipif(not _KUBECONFIG, reason="IOMT_TEST_KUBECONFIG names no API server to ask"),
    pytest.mark.skipif(not _KUBECTL, reason="there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"),
]


def _kubectl(*words):
    done = subprocess.run(
        [_KUBECTL, "--kubeconfig", _KUBECONFIG, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return done.stdout


@pytest.fixture(params=_GRAPHS, ids=lambda path: path.stem)
def compiled(request, tmp_path):
    """An example under a name that nothing else has: the namespace, and a folder of objects."""
    name = f"iomt-test-{secrets.token_hex(4)}"
    text = request.param.read_text().replace("metadata: {name: ", f"metadata: {{name: {name}-")
    (tmp_path / "devices").symlink_to(_ROOT / "devices")
    graph = tmp_path / request.param.relative_to(_ROOT)
    graph.parent.mkdir(parents=True)
    graph.write_text(text)
    own = ["--image", f"device={IMAGE}", *_without_keda()] if request.param == GRAPH else []
    folder = tmp_path / "out"
    assert main(["compile", str(graph), *own, "-o", str(folder)]) == OK
    namespace = f"{name}-{request.param.stem}"
    yield namespace, folder
    _kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false")


def _without_keda():
    """What to say to a server that does not know KEDA's objects."""
    known = _kubectl("get", "customresourcedefinitions", "-o", "name")
    return [] if "/scaledobjects.keda.sh" in known else ["--keda", "none"]


def test_every_object_is_taken_without_a_warning_where_pods_have_no_privileges(compiled):
    namespace, folder = compiled
    _kubectl("apply", "--server-side", "-f", str(folder / "base" / f"{namespace}.namespace.yaml"))
    levels = (f"pod-security.kubernetes.io/{mode}=restricted" for mode in ("enforce", "warn", "audit"))
    _kubectl("label", "namespace", namespace, *levels)
    told = _kubectl("apply", "--server-side", "--dry-run=server", "-k", str(folder))
    # Profiles are overlays of their own.
    files = [*folder.glob("base/**/*.yaml"), *folder.glob("sites/**/*.yaml")]
    objects = [path for path in files if path.name != "kustomization.yaml"]
    assert len(told.splitlines()) == len(objects)


def test_a_folder_can_be_applied_as_it_is_and_again_without_a_change(compiled):
    namespace, folder = compiled
    _kubectl("apply", "--server-side", "-k", str(folder))
    before = _versions(namespace)
    _kubectl("apply", "--server-side", "-k", str(folder))
    assert _versions(namespace) == before


def _versions(namespace):
    """How often the wanted state of each object was changed."""
    shown = 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}'
    return set(_kubectl("-n", namespace, "get", "deployments,jobs", "-o", shown).splitlines())
