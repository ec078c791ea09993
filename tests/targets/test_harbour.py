"""Forty nodes that use all there is: what every version of Kubernetes would say to their objects."""

import copy

import pytest
import yaml

from iomt.catalogue.load import load_catalogue
from iomt.cli import MISUSE, OK, main
from iomt.diagnostics.order import has_errors
from iomt.language.keys import GRAPH as GRAPH_SHAPE
from iomt.language.keys import KINDS
from iomt.targets.kubernetes import verify
from iomt.targets.kubernetes.choices import VERSIONS
from iomt.targets.kubernetes.strict import strict_faults
from iomt.targets.kubernetes.verify import faults
from tests.targets.harbour import GRAPH, IMAGE, harbour

_EACH_ITS_OWN = {"": "site", "MSensor": "camera", "platform": "top"}


def test_it_has_forty_nodes_of_every_kind_and_every_device():
    nodes = harbour()[0].resolved.nodes
    assert len(nodes) == 40
    assert {node.kind for node in nodes.values()} == set(KINDS)
    assert {node.device.name for node in nodes.values()} == set(load_catalogue([])[0].names)


def test_it_uses_every_key_of_the_language():
    used = _keys(yaml.safe_load(GRAPH.read_text()))
    assert _all_keys(GRAPH_SHAPE) - used == set()


def _all_keys(shape):
    found = set()
    for key in shape.keys:
        found |= {key.name} | (_all_keys(key.shape) if key.shape else set())
    return found


def _keys(value):
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in _keys(each)}
    return {name for each in value for name in _keys(each)} if isinstance(value, list) else set()


@pytest.mark.parametrize("platform", ["embedded", "external"])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_fits_the_strict_schema_of_every_version(version, platform):
    _, rendered = harbour(platform=platform, pull_secrets=("mine",), priorities=_EACH_ITS_OWN)
    assert not has_errors(rendered.findings)
    # KEDA's own kind is held against its definition in test_custom_resources.py.
    assert strict_faults(rendered.manifests, version) == ([], ["ScaledObject.keda.sh/v1alpha1"])
    assert faults(rendered.manifests) == []


def test_a_key_that_kubernetes_does_not_know_is_found():
    deployment = copy.deepcopy(_deployment())
    deployment.body["spec"]["replica"] = 1
    (fault,) = strict_faults([deployment], "1.30")[0]
    assert fault.what == "deployment/cam-1"
    assert fault.origin.startswith("harbour.yaml:")
    assert fault.why.startswith("spec: Additional properties are not allowed ('replica' was unexpected)")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda body: body["metadata"].update(name="Cam 1"), "'Cam 1' is no name of a Deployment"),
        (lambda body: body["metadata"]["labels"].update(a="b c"), "'b c' is no value of a label"),
        (lambda body: body["metadata"]["labels"].update({"a b": "c"}), "'a b' is no key of a label"),
        (
            lambda body: body["metadata"]["annotations"].update(note="x" * 2**18),
            "its annotations are longer than 256 KiB",
        ),
    ],
)
def test_what_no_api_server_takes_is_found(spoil, why):
    deployment = copy.deepcopy(_deployment())
    spoil(deployment.body)
    (fault,) = faults([deployment])
    assert (fault.why, fault.origin) == (
        why,
        _deployment().body["metadata"]["annotations"]["iomt.dev/source"],
    )


def test_an_object_that_is_there_twice_and_one_that_is_too_large_are_found():
    manifests = harbour()[1].manifests
    assert [each.why for each in faults([_deployment(), _deployment()])] == ["it is there twice"]
    broker = copy.deepcopy(next(each for each in manifests if each.body["kind"] == "StatefulSet"))
    broker.body["spec"]["template"]["spec"]["containers"][0]["args"] = ["x" * 1_500_000]
    (fault,) = faults([broker])
    assert fault.what == "statefulset/nats"
    assert fault.why.endswith("bytes long, and an API server takes 1,500,000")


def test_iomt_says_that_it_is_at_fault_and_writes_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(verify, "LARGEST", 1000)
    code = main(["compile", str(GRAPH), "--image", f"device={IMAGE}", "-o", str(tmp_path / "out")])
    assert code == MISUSE
    assert not (tmp_path / "out").exists()
    told = capsys.readouterr().err
    assert "iomt compile: this is a fault of iomt, and not of the graph. Nothing was written." in told
    assert "\n  statefulset/nats (harbour.yaml:1): it is " in told


def test_strict_holds_what_is_written_against_the_schemas_that_were_asked_for(tmp_path, capsys):
    words = ["compile", str(GRAPH), "--image", f"device={IMAGE}", "--strict", "--kube", "1.31"]
    assert main([*words, "-o", str(tmp_path / "out.yaml")]) == OK
    assert (tmp_path / "out.yaml").is_file()
    assert "fault" not in capsys.readouterr().err


def _deployment():
    return next(each for each in harbour()[1].manifests if each.body["kind"] == "Deployment")
