"""`iomt diff` on a real API server: what an apply would do, and what people did."""

import json

from iomt.cluster.writers import beside
from tests.cluster.api_server import NEEDED

pytestmark = NEEDED


def _found(street, *words):
    code, out, err = street.iomt("diff", "--json", *words)
    return code, {each["object"]: each for each in json.loads(out)}, err


def test_an_empty_cluster_lacks_everything_and_gets_nothing(street):
    code, out, _ = street.iomt("diff", "--summary")
    assert code == 1
    (gate,) = (line for line in out.splitlines() if line.startswith("gate "))
    assert gate.split(maxsplit=1)[1] == (
        "new networkpolicy, serviceaccount, configmap, deployment, service, secret"
    )
    assert "new namespace" in out
    assert street.iomt("status")[0] == 1


def test_what_was_applied_differs_in_nothing(street):
    street.apply()
    assert street.iomt("diff")[:2] == (0, "no difference\n")


def test_a_changed_option_is_shown_with_its_lines_and_its_pods(street):
    street.apply()
    before = street.versions()
    street.edit("device: object-lake", "device: object-lake, options: {retain: 7d}")
    code, out, _ = street.iomt("diff")
    assert code == 1
    assert "configmap/lake (street.yaml:7): changed\n" in out
    assert '  -      "options": {},\n  +      "options": {\n  +        "retain": "7d"\n  +      },\n' in out
    assert out.splitlines()[-1] == "lake  changed configmap, deployment; its pods are made anew"
    assert street.versions() == before


def test_what_people_changed_is_shown_with_who_it_was(street):
    street.apply()
    street.kubectl("scale", "deployment/wall", "--replicas=3")
    street.kubectl("delete", "service/wall")
    street.kubectl("set", "env", "deployment/gate", "MOOD=good")
    code, found, _ = _found(street)
    assert code == 1
    wall = found["deployment/wall"]
    assert wall["taken"] == "spec.replicas is kubectl's (--force-conflicts takes it)"
    assert [line for line in wall["lines"] if line[0] in "+-"] == ["-  replicas: 3", "+  replicas: 1"]
    assert wall["beside"] == []
    assert found["service/wall"]["effect"] == "created"
    gate = found["deployment/gate"]
    assert gate["effect"] == "unchanged"
    where = "kubectl-set: spec.template.spec.containers[name=device].env[name=MOOD]"
    assert gate["beside"] == [f"{where}.name", f"{where}.value"]


def test_what_stays_beside_the_graph_is_no_difference(street):
    street.apply()
    street.kubectl("set", "env", "deployment/gate", "MOOD=good")
    code, out, _ = street.iomt("diff")
    assert code == 0
    assert "beside, and stays: kubectl-set: spec.template" in out
    assert out.splitlines()[-1] == "no difference"


def test_a_field_that_was_taken_out_by_hand_is_put_back(street):
    street.apply()
    gone = (f"app.kubernetes.io/{each}-" for each in ("part-of", "managed-by"))
    street.kubectl("label", "service/wall", *gone, "applyset.kubernetes.io/part-of-")
    code, _, err = street.iomt("diff")
    assert code == 2  # without its labels it is nobody's
    assert f"service/wall in namespace {street.name} is there and not of this graph" in err
    street.kubectl("delete", "service/wall")
    street.apply()
    take = '[{"op":"remove","path":"/spec/template/spec/terminationGracePeriodSeconds"}]'
    street.kubectl("patch", "deployment/wall", "--type=json", "-p", take)
    code, found, _ = _found(street)
    assert code == 1
    assert "+      terminationGracePeriodSeconds: 45" in found["deployment/wall"]["lines"]


def test_a_node_that_left_is_named_and_a_secret_never_shown(street):
    street.apply()
    password = street.object("secret/iomt-credentials.wall")["data"]["broker-password"]
    street.edit("    wall: {kind: MActuator, device: monitor}\n", "")
    street.edit("[lake, wall]", "lake")
    less = '{"data":{"broker-user":null}}'
    street.kubectl("patch", "secret/iomt-credentials.gate", "--type=merge", "-p", less)
    code, out, _ = street.iomt("diff")
    assert code == 1
    assert "deployment/wall (street.yaml:8): left" in out
    assert "secret/iomt-credentials.wall: left" in out
    assert "+ data: broker-user: ****" in out
    assert password not in out


def test_passwords_of_addresses_are_starred(street):
    street.edit("device: usb-camera", 'device: rtsp-camera, options: {url: "rtsp://u:geheim@10.0.0.1/s"}')
    street.apply()
    street.edit("geheim@10.0.0.1", "anders@10.0.0.2")
    _, out, _ = street.iomt("diff")
    assert '"rtsp://u:******@10.0.0.2/s"' in out
    assert "geheim" not in out
    assert "anders" not in out


def test_what_controllers_write_is_nobodys_hand(street):
    status = {"manager": "kubelet-like", "subresource": "status", "fieldsV1": {"f:status": {"f:x": {}}}}
    kube = {"manager": "kube-controller-manager", "fieldsV1": {"f:spec": {"f:y": {}}}}
    hand = {"manager": "me", "fieldsV1": {"f:metadata": {"f:finalizers": {".": {}, 'v:"a/b"': {}}}}}
    assert beside({"metadata": {"managedFields": [status, kube, hand]}}) == ['me: metadata.finalizers["a/b"]']
