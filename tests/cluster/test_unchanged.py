"""Whether an object needs to be sent at all."""

import pytest

from iomt.cluster.applyset import ApplySet
from iomt.cluster.unchanged import unchanged
from tests.cluster.api_server import NEEDED

_BODY = {
    "metadata": {"name": "lake", "labels": {"a": "b"}},
    "spec": {"replicas": 2, "host": False, "ports": [{"port": 80}], "cpu": "500m"},
}


def _applied():
    return ApplySet(None, "street", "line").joined(_BODY)


def _there(**spec):
    applied = _applied()
    own = {"resourceVersion": "7", "labels": {**applied["metadata"]["labels"], "other": "x"}}
    kept = {key: value for key, value in applied["spec"].items() if key != "host"}
    return {"metadata": {**applied["metadata"], **own}, "spec": kept | spec, "status": {"replicas": 0}}


def test_what_others_add_and_what_is_left_out_because_it_is_false_is_no_change():
    assert unchanged(_there(added="x"), _applied())


@pytest.mark.parametrize(
    "spec",
    [
        {"replicas": 3},
        {"ports": [{"port": 80}, {"port": 81}]},
        {"ports": [{"port": 81}]},
        {"cpu": "0.5"},
        {"ports": {}},
    ],
)
def test_another_value_is_a_change(spec):
    assert not unchanged(_there(**spec), _applied())


def test_a_field_that_is_not_wanted_any_more_is_a_change_though_all_others_are_there():
    less = {**_BODY, "spec": {key: value for key, value in _BODY["spec"].items() if key != "cpu"}}
    assert not unchanged(_there(), ApplySet(None, "street", "line").joined(less))


def test_what_was_taken_out_by_hand_is_a_change():
    there = _there()
    del there["spec"]["replicas"]
    assert not unchanged(there, _applied())


class TestOnAnApiServer:
    pytestmark = NEEDED

    def test_a_second_apply_sends_no_object(self, street, monkeypatch):
        from iomt.cluster.api import Api

        street.apply()
        sent = []
        patch = Api.patch
        monkeypatch.setattr(
            Api,
            "patch",
            lambda self, path, *rest, **query: (sent.append(path), patch(self, path, *rest, **query))[1],
        )
        assert street.apply().splitlines()[-1] == "30 unchanged"
        names = {path.rpartition("/")[2] for path in sent}
        assert names == {street.name, f"iomt-graph-{street.name}"}
