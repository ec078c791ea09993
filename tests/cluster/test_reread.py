"""Which pods are ended when an apply takes back a ConfigMap that was changed by hand."""

import pytest

from iomt.cluster.reread import edited, misled

_BY_IOMT = {"manager": "iomt", "time": "2026-01-01T10:30:00Z", "fieldsV1": {"f:data": {"f:a": {}}}}
_BY_HAND = {"manager": "kubectl-edit", "time": "2026-01-01T10:00:00Z", "fieldsV1": {"f:data": {"f:a": {}}}}
_LABELLED = {"manager": "kubectl-label", "time": "2026-01-01T11:00:00Z", "fieldsV1": {"f:metadata": {}}}
_MOUNTED = {"name": "settings", "configMap": {"name": "lake"}}
_PROJECTED = {"name": "settings", "projected": {"sources": [{"configMap": {"name": "lake"}}]}}
_OTHER = {"name": "settings", "configMap": {"name": "wall"}}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([_BY_IOMT], ""),
        ([_BY_IOMT, _LABELLED], ""),
        ([_BY_HAND, _BY_IOMT, _LABELLED], "2026-01-01T10:00:00Z"),
    ],
)
def test_an_edit_is_what_somebody_else_wrote_of_the_data(entries, expected):
    assert edited({"metadata": {"managedFields": entries}}) == expected


@pytest.mark.parametrize(
    ("volume", "begun", "expected"),
    [
        (_MOUNTED, "2026-01-01T10:00:00Z", ["a-pod"]),
        (_PROJECTED, "2026-01-01T12:00:00Z", ["a-pod"]),
        (_MOUNTED, "2026-01-01T09:59:59Z", []),
        (_OTHER, "2026-01-01T12:00:00Z", []),
    ],
)
def test_a_pod_is_misled_that_started_after_the_edit_of_what_it_reads(volume, begun, expected):
    pod = {
        "metadata": {"name": "a-pod"},
        "spec": {"volumes": [volume]},
        "status": {"containerStatuses": [{"state": {"running": {"startedAt": begun}}}]},
    }
    assert list(misled([pod], {"lake": "2026-01-01T10:00:00Z"})) == expected


def test_a_pod_that_does_not_run_reads_what_is_there_when_it_does():
    waiting = {"containerStatuses": [{"state": {"waiting": {}}}]}
    pod = {"metadata": {"name": "a-pod"}, "spec": {"volumes": [_MOUNTED]}, "status": waiting}
    assert list(misled([pod], {"lake": "2026-01-01T10:00:00Z"})) == []
