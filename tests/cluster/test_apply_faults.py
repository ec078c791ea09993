"""What goes wrong between us and a cluster, on a real API server: told, and never half-way without a cure."""

import json
import socket
import subprocess
import sys
import threading

import pytest
import yaml

from iomt.cluster.access import unknown
from iomt.cluster.api import connect
from iomt.cluster.kinds import DEPLOYMENT, Kind
from tests.cluster.api_server import KUBECONFIG, NEEDED, kubectl

pytestmark = NEEDED


def _kubeconfig(path, monkeypatch, user=None, server=None):
    """The admin's with another user or another server."""
    told = yaml.safe_load(kubectl("config", "view", "--raw", "--minify", "--flatten"))
    if user is not None:
        told["users"][0]["user"] = user
    if server is not None:
        told["clusters"][0]["cluster"]["server"] = server
    path.write_text(yaml.safe_dump(told))
    monkeypatch.setenv("KUBECONFIG", str(path))


def test_what_may_not_be_done_is_told_before_anything_is_changed(street, tmp_path, monkeypatch):
    kubectl("create", "namespace", street.name)
    street.kubectl("create", "serviceaccount", "guest")
    few = ("--verb=get,list,create,patch", "--resource=configmaps,services,deployments.apps,pods")
    street.kubectl("create", "role", "guest", *few)
    street.kubectl("create", "rolebinding", "guest", "--role=guest", f"--serviceaccount={street.name}:guest")
    token = street.kubectl("create", "token", "guest").strip()
    _kubeconfig(tmp_path / "guest", monkeypatch, user={"token": token})
    code, _, err = street.iomt("apply", "--no-wait")
    assert code == 2
    assert f"nothing was changed:\ncontext test may not do in namespace {street.name}: " in err
    for lacking in ("create secrets", "patch networkpolicies", "create statefulsets", "list jobs"):
        assert lacking in err
    assert "create configmaps" not in err
    assert json.loads(street.kubectl("get", "deployments", "-o", "json"))["items"] == []


def test_a_token_that_has_expired_is_told_with_the_context(street, tmp_path, monkeypatch):
    _kubeconfig(tmp_path / "expired", monkeypatch, user={"token": "expired"})
    for verb in ("apply", "diff", "status", "rollback", "prove"):
        code, _, err = street.iomt(verb)
        assert code == 2
        assert "does not know this user (context test): log in again" in err


def test_a_kind_that_nothing_defines_is_known_before_it_is_sent(street):
    scaled = Kind("keda.example/v1alpha1", "ScaledObject", "scaledobjects")
    assert unknown(connect(None), [DEPLOYMENT, scaled]) == [scaled]


def test_a_namespace_on_its_way_out_is_left_alone(street):
    manifest = {
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "stays", "namespace": street.name, "finalizers": ["iomt.dev/test"]},
    }  # fmt: skip
    kubectl("create", "namespace", street.name)
    kubectl("create", "-f", "-", stdin=json.dumps(manifest))
    kubectl("delete", "namespace", street.name, "--wait=false")
    for verb in ("apply", "diff"):
        code, _, err = street.iomt(verb)
        assert code == 2
        assert f"namespace {street.name} is being deleted: try again when it is gone" in err
    street.kubectl("patch", "configmap/stays", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')


def test_a_quota_is_told_with_the_line_of_who_wants_more(street):
    kubectl("create", "namespace", street.name)
    street.kubectl("create", "quota", "few", "--hard=count/services=3")
    code, _, err = street.iomt("apply", "--no-wait")
    assert code == 1
    assert err.count("exceeded quota: few") == 2
    assert (
        "refused: service/wall (street.yaml:8): " in err or "refused: service/lake (street.yaml:7): " in err
    )
    street.kubectl("delete", "quota", "few")
    assert street.apply().splitlines()[-1].startswith("2 created, ")


def test_pods_over_a_quota_are_the_reason_why_a_node_is_not_ready(street):
    kubectl("create", "namespace", street.name)
    street.kubectl("create", "quota", "none", "--hard=pods=0")
    code, _, err = street.iomt("apply", "--timeout", "3s")
    assert code == 1
    assert "not ready: nats (street.yaml:1): " in err
    assert "exceeded quota: none" in err


def test_an_object_of_the_same_name_is_told_with_whose_it_is(street):
    kubectl("create", "namespace", street.name)
    street.kubectl("create", "configmap", "lake")
    code, _, err = street.iomt("apply")
    assert code == 2
    assert f"configmap/lake in namespace {street.name} is there and not of this graph\n" in err
    assert "rename the node, delete the object, or choose another --namespace" in err
    assert json.loads(street.kubectl("get", "deployments", "-o", "json"))["items"] == []


def test_a_graph_under_another_name_is_another_graph_and_the_old_one_is_offered(street):
    street.apply()
    street.edit(f"name: {street.name}", f"name: {street.name}-new")
    code, _, err = street.iomt("apply", "--no-wait", "--namespace", street.name)
    assert code == 2
    assert f"deployment/lake in namespace {street.name} is there and of graph {street.name}\n" in err
    code, out, err = street.iomt("apply", "--dry-run")
    assert code == 0, err
    told = f"delete it with iomt delete --name {street.name} --namespace {street.name}"
    assert told in out
    code, out, err = street.iomt("delete", "--name", street.name, "--namespace", street.name, "--yes")
    assert code == 0, err
    assert "deleted   deployment/lake" in out


def test_two_at_once_end_as_one(street):
    command = [sys.executable, "-m", "iomt", "apply", str(street.path), "--no-wait"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    for each in both:
        out, err = each.communicate(timeout=120)
        assert each.returncode == 0, out + err
    assert street.apply().splitlines()[-1] == "30 unchanged"
    for node in ("gate", "lake", "wall"):
        assert set(street.object(f"secret/iomt-credentials.{node}")["data"]) >= {
            "broker-user",
            "broker-password",
        }


class _Wire:
    """A way to the API server that breaks after so many bytes towards it."""

    def __init__(self, to, most):
        self._to = to
        self._left = most
        self._ends = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._to)
            except OSError:
                return
            self._ends += [near, far]
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source, target, counted):
        try:
            while data := source.recv(1 << 16):
                if counted:
                    self._left -= len(data)
                    if self._left < 0:
                        self.cut()
                        return
                target.sendall(data)
        except OSError:
            return

    def cut(self):
        self._listener.close()
        for each in self._ends:
            each.close()


@pytest.mark.parametrize("most", [20_000, 40_000, 60_000])
def test_an_api_server_that_goes_half_way_is_told_and_the_next_apply_finishes(
    street, tmp_path, monkeypatch, most
):
    server = yaml.safe_load(kubectl("config", "view", "--raw", "--minify"))["clusters"][0]["cluster"][
        "server"
    ]
    host, _, port = server.rpartition("/")[2].rpartition(":")
    wire = _Wire((host, int(port)), most)
    _kubeconfig(tmp_path / "wire", monkeypatch, server=f"https://127.0.0.1:{wire.port}")
    code, _, err = street.iomt("apply", "--no-wait")
    wire.cut()
    assert code == 2
    assert f"iomt apply: no answer from https://127.0.0.1:{wire.port}: " in err
    assert "Traceback" not in err
    monkeypatch.setenv("KUBECONFIG", KUBECONFIG)
    assert "refused" not in street.apply("--prune")
    assert street.apply().splitlines()[-1] == "30 unchanged"
