"""What an API server says to objects of kinds that others define: needs one that has the definitions.

IOMT_TEST_KUBECONFIG names it. Definitions are those of KEDA, the Prometheus operator, Gateway API, Argo
Rollouts and Kyverno; a kind that is not defined there is left out, and a test that has none left is skipped.
"""

import os
import secrets
import shutil
import subprocess

import pytest
import yaml

from iomt.cli import MISUSE, OK, main
from tests.graphs import GATE, LOG, PEOPLE, WALL, graph_text

_KUBECONFIG = os.environ.get("IOMT_TEST_KUBECONFIG", "")
_KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
pytestmark = [
    pytest.mark.skipif(not _KUBECONFIG, reason="IOMT_TEST_KUBECONFIG names no API server to ask"),
    pytest.mark.skipif(not _KUBECTL, reason="there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"),
]
_KINDS = {
    "ScaledObject": "scaledobjects.keda.sh",
    "PodMonitor": "podmonitors.monitoring.coreos.com",
    "PrometheusRule": "prometheusrules.monitoring.coreos.com",
    "HTTPRoute": "httproutes.gateway.networking.k8s.io",
    "Rollout": "rollouts.argoproj.io",
    "NamespacedImageValidatingPolicy": "namespacedimagevalidatingpolicies.policies.kyverno.io",
}
_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n"
_FACES = "faces: {kind: MAnalyzer, model: hustvl/yolos-tiny, revision: v1, task: object-detection"
_NODES = [
    GATE,
    PEOPLE.replace("}", ", autoscale: {min: 0, max: 4, lag: 20}}"),
    f"{_FACES}, autoscale: {{min: 1, max: 4, age: 2s}}}}",
    f"{_FACES.replace('faces', 'heads')}, autoscale: {{min: 1, max: 4, cpu: 70%}}}}",
    LOG,
    WALL,
]
_LINKS = [
    *(f"{{from: gate, to: {name}, delivery: durable}}" for name in ("people", "faces", "heads")),
    "{from: people, to: log, latency: 5min}",
    "faces -> log",
    "heads -> log",
    "gate -> wall",
]


def _kubectl(*words, told=""):
    return subprocess.run(
        [_KUBECTL, "--kubeconfig", _KUBECONFIG, *words],
        input=told, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_cluster_that_does_not_know_a_kind_is_told_before_anything_is_changed(tmp_path, capfd, monkeypatch):
    if _kubectl("get", "crd", _KINDS["PrometheusRule"]).returncode == 0:
        pytest.skip("this one knows them all")
    monkeypatch.setenv("KUBECONFIG", _KUBECONFIG)
    name = f"iomt-test-{secrets.token_hex(4)}"
    (tmp_path / "graph.yaml").write_text(
        graph_text([GATE, PEOPLE, LOG], ["gate -> people -> log"]).replace("street", name)
    )
    assert main(["apply", str(tmp_path / "graph.yaml"), "--with", "alerts"]) == MISUSE
    assert "the cluster does not know PrometheusRule.monitoring.coreos.com" in capfd.readouterr().err
    assert _kubectl("get", "namespace", name).returncode != 0


def test_objects_of_other_projects_kinds_are_taken_without_a_warning(tmp_path, capfd):
    name = f"iomt-test-{secrets.token_hex(4)}"
    (tmp_path / "graph.yaml").write_text(graph_text(_NODES, _LINKS).replace("street", name))
    (tmp_path / "cosign.pub").write_text(_KEY)
    parts = (
        "ingress=a.org,class=nginx,issuer=le", "route=a.org,gateway=infra/edge", "podmonitor", "alerts",
        "dashboard", f"signatures={tmp_path / 'cosign.pub'}", "canary=people", "canary=heads,pause=1m",
    )  # fmt: skip
    words = [word for part in parts for word in ("--with", part)]
    words += ["--prometheus", "http://prometheus.monitoring:9090"]
    assert main(["compile", str(tmp_path / "graph.yaml"), *words]) == OK
    every = [each for each in yaml.safe_load_all(capfd.readouterr().out) if each]
    there = {each for each in set(_KINDS.values()) if _kubectl("get", "crd", each).returncode == 0}
    if not there:
        pytest.skip("the API server has none of the definitions that are named above")
    asked = [each for each in every if _KINDS.get(each["kind"]) in there | {None}]
    assert len(asked) > len(every) - len(_KINDS) * 4
    namespace = yaml.safe_dump(every[0])
    assert _kubectl("apply", "--server-side", "-f", "-", told=namespace).returncode == 0
    try:
        done = _kubectl(
            "apply", "--server-side", "--dry-run=server", "-f", "-", told=yaml.safe_dump_all(asked)
        )
    finally:
        _kubectl("delete", "namespace", name, "--wait=false")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == len(asked)
