"""Programs of others that read what is rendered. Those that are not here are told by the tests they skip."""

import os
import shutil

import pytest

KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
needs_kubectl = pytest.mark.skipif(
    not KUBECTL, reason="there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"
)
HELM = shutil.which(os.environ.get("IOMT_TEST_HELM", "helm"))
needs_helm = pytest.mark.skipif(not HELM, reason="there is no helm: put it on PATH or into IOMT_TEST_HELM")
