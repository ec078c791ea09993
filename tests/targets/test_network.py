"""NetworkPolicies against the links of any graph: no pair of pods too many, none missing."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from iomt.checks import check
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from tests import grants_oracle as oracle
from tests.graphs import GATE, PEOPLE, WALL, check_text, graph_text
from tests.plan.test_grants import graph_texts
from tests.targets.policies import Pod, allows

_ROOT = Path(__file__).parents[2]
_DNS = Pod("kube-system", {"k8s-app": "kube-dns"})
_STRANGER = Pod("elsewhere", {"app.kubernetes.io/instance": "nats"})
_INTERNET = Pod(address="93.184.216.34")
_PORTS = (53, 80, 443, 4222, 8080, 8222, 9000)


def _rendered(checked, **chosen):
    assert checked.resolved, checked.findings
    return render(make(checked.resolved), checked.resolved, Choices(**chosen))


def _policies(rendered):
    return [each.body for each in rendered.manifests if each.body["kind"] == "NetworkPolicy"]


def _pods(rendered):
    """The pods that Deployments, StatefulSets and the Job make, by node."""
    templates = (each.body.get("spec", {}).get("template") for each in rendered.manifests)
    labels = [each["metadata"]["labels"] for each in templates if each]
    return {each["app.kubernetes.io/instance"]: Pod(rendered.choices.namespace, each) for each in labels}


@settings(max_examples=60, deadline=None)
@given(text=graph_texts())
def test_pods_reach_what_their_links_need_and_nothing_else(tmp_path_factory, text):
    rendered = _rendered(check_text(tmp_path_factory.mktemp("graph"), text))
    plan, policies, pods = rendered.plan, _policies(rendered), _pods(rendered)
    hubs = {device.name for device in plan.devices if device.model}
    for source, pod in pods.items():
        for target, other in pods.items():
            for port in _PORTS:
                # Port 443 is open for a model's hub, wherever that is; no pod of the graph listens there.
                said = source != target and allows(policies, pod, other, port)
                assert said == (source != target and oracle.may_connect(plan, source, target, port)), (
                    source,
                    target,
                    port,
                )
        for port in _PORTS:
            page = any(device.name == source and device.page for device in plan.devices)
            assert allows(policies, _STRANGER, pod, port) == (page and port == 8080)
            assert not allows(policies, pod, _STRANGER, port) or (source in hubs and port == 443)
            assert allows(policies, pod, _INTERNET, port) == (source in hubs and port == 443)
        goes = any(
            allows(policies, pod, other, port) for other in pods.values() for port in (4222, 8080, 9000)
        )
        assert allows(policies, pod, _DNS, 53, "UDP") == (goes or source in hubs)
    called_so = Pod(
        plan.graph, {"app.kubernetes.io/part-of": plan.graph, "app.kubernetes.io/managed-by": "iomt"}
    )
    assert not any(allows(policies, called_so, pod, 4222) for pod in (*pods.values(), _INTERNET))


def _out(folder, node, **chosen):
    """The policy of a camera that a wall shows."""
    checked = check_text(folder, graph_text([node, WALL], ["gate -> wall"]))
    (found,) = [
        each for each in _policies(_rendered(checked, **chosen)) if each["metadata"]["name"] == "gate"
    ]
    return found


def _camera(url, more=""):
    return f"gate: {{kind: MSensor, device: rtsp-camera, options: {{url: {url}{more}}}}}"


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("rtsp://bob:secret@10.0.0.12:8554/s", "10.0.0.12", 8554),
        ("rtsp://10.0.0.12/s", "10.0.0.12", 554),
        ("rtsps://10.0.0.12/s", "10.0.0.12", 322),
        ("'rtsp://[fd00::12]/s'", "fd00::12", 554),
    ],
)
def test_a_camera_with_a_number_for_an_address_is_the_only_one_that_is_open(tmp_path, url, address, port):
    policy = _out(tmp_path, _camera(url))
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, Pod(address=address), port)
    assert not allows([policy], gate, Pod(address=address), port + 1)
    assert not allows([policy], gate, Pod(address=address), port, "UDP")
    assert not allows([policy], gate, _INTERNET, port)
    assert "iomt.dev/open" not in policy["metadata"]["annotations"]
    assert "secret" not in str(policy)


def test_a_camera_that_sends_datagrams_may_be_asked_for_them(tmp_path):
    policy = _out(tmp_path, _camera("rtsp://10.0.0.12/s", ", transport: udp"))
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, Pod(address="10.0.0.12"), 50000, "UDP")
    assert not allows([policy], gate, Pod(address="10.0.0.13"), 50000, "UDP")


def test_a_camera_with_a_name_opens_its_port_and_says_why(tmp_path):
    policy = _out(tmp_path, _camera("rtsp://gate.local/s"))
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, _INTERNET, 554)
    assert not allows([policy], gate, _INTERNET, 80)
    why = policy["metadata"]["annotations"]["iomt.dev/open"]
    assert why == "gate.local is a name, which no policy can hold: port 554 of every address"


def test_a_service_of_the_cluster_opens_its_namespace(tmp_path):
    policy = _out(tmp_path, _camera("rtsp://cam.yard.svc.cluster.local/s"))
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, Pod("yard", {}), 8554)
    assert not allows([policy], gate, Pod("other", {}), 8554)
    assert not allows([policy], gate, _INTERNET, 554)


def test_an_address_in_a_secret_opens_all_and_says_so(tmp_path):
    policy = _out(tmp_path, _camera("{secret: gate/url}"))
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, _INTERNET, 8554)
    why = policy["metadata"]["annotations"]["iomt.dev/open"]
    assert why == "the url of gate stands in a Secret: every port of every address is open"


def test_a_model_of_the_image_opens_no_hub(tmp_path):
    text = graph_text([GATE, PEOPLE, WALL], ["gate -> people -> wall"])
    fetched = _rendered(check_text(tmp_path, text))
    copied = _rendered(check(str(_ROOT / "graphs" / "sorting-line.yaml")))
    assert allows(_policies(fetched), _pods(fetched)["people"], _INTERNET, 443)
    assert not allows(_policies(copied), _pods(copied)["shapes"], _INTERNET, 443)


def test_a_broker_of_somebody_elses_is_reached_by_its_port_wherever_it_is(tmp_path):
    policy = _out(tmp_path, GATE, platform="external")
    gate = Pod("street", policy["spec"]["podSelector"]["matchLabels"])
    assert allows([policy], gate, _INTERNET, 4222)
    assert not allows([policy], gate, _INTERNET, 443)
    why = policy["metadata"]["annotations"]["iomt.dev/open"]
    assert why == "what is behind the Service nats is not known here: port 4222 of every address"
