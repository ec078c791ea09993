"""Which Jobs of the bootstrap are deleted, so that what they made is made again."""

import pytest

from iomt.cluster.reruns import outlived

_ENDED = "2026-01-01T10:00:05Z"


def _job(name, **status):
    return {"metadata": {"name": name}, "status": status}


def _pod(made, component="platform"):
    return {
        "metadata": {"creationTimestamp": made, "labels": {"app.kubernetes.io/component": component}},
        "status": {},
    }


def _names(jobs, pods, *, kept):
    return [each["metadata"]["name"] for each in outlived(jobs, {"now"}, pods, kept=kept)]


@pytest.mark.parametrize("kept", [True, False])
def test_one_of_an_earlier_graph_goes_and_the_one_that_has_run_for_this_stays(kept):
    jobs = [_job("before", completionTime=_ENDED), _job("now", completionTime=_ENDED)]
    assert _names(jobs, [_pod("2026-01-01T10:00:00Z")], kept=kept) == ["before"]


def test_one_that_still_tries_stays():
    assert _names([_job("now", active=1)], [_pod("2026-01-01T11:00:00Z")], kept=False) == []


@pytest.mark.parametrize(
    ("pod", "kept", "expected"),
    [
        (_pod("2026-01-01T11:00:00Z"), False, ["now"]),
        (_pod("2026-01-01T11:00:00Z"), True, []),
        (_pod("2026-01-01T11:00:00Z", "sensor"), False, []),
    ],
)
def test_a_broker_that_began_after_it_has_lost_its_work_unless_there_is_a_volume(pod, kept, expected):
    assert _names([_job("now", completionTime=_ENDED)], [pod], kept=kept) == expected
