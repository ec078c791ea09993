"""A graph on a real API server, gone after the test."""

import secrets

import pytest

from tests.cluster.api_server import KUBECONFIG, Street, kubectl


@pytest.fixture
def street(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KUBECONFIG", KUBECONFIG)
    made = Street(tmp_path, f"iomt-test-{secrets.token_hex(4)}", capsys)
    yield made
    kubectl("delete", "namespace", made.name, "--ignore-not-found", "--wait=false")
