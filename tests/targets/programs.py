"""Programs of others that read what is rendered. Those that are not here are told by the tests they skip."""

import os
import shutil
import subprocess

import pytest

KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
needs_kubectl = pytest.mark.skipif(
    not KUBECTL, reason="there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"
)
HELM = shutil.which(os.environ.get("IOMT_TEST_HELM", "helm"))
needs_helm = pytest.mark.skipif(not HELM, reason="there is no helm: put it on PATH or into IOMT_TEST_HELM")


def _compose() -> list[str]:
    own = shutil.which(os.environ.get("IOMT_TEST_COMPOSE", "docker-compose"))
    if own:
        return [own]
    docker = shutil.which("docker")
    asked = [docker, "compose", "version"]
    plugged = docker and subprocess.run(asked, capture_output=True, check=False).returncode == 0
    return [docker, "compose"] if docker and plugged else []


COMPOSE = _compose()
needs_compose = pytest.mark.skipif(
    not COMPOSE, reason="there is no Docker Compose: put docker-compose on PATH or into IOMT_TEST_COMPOSE"
)
