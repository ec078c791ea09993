"""`iomt logs`: lines of pods, told to people or as they are."""

import pytest

from iomt.cli.logs import _told
from iomt.cluster.api import Refused
from iomt.cluster.logs import followed, logs


def _pod(name, made, restarts=0):
    status = {"restartCount": restarts, "state": {"running": {}}}
    return {
        "metadata": {"name": name, "uid": name, "creationTimestamp": made},
        "status": {"containerStatuses": [status]},
    }


class _Cluster:
    """Pods that come and go with each look, and what they say."""

    def __init__(self, looks, said):
        self.looks = looks
        self.said = said

    def get(self, path, **query):
        assert query["labelSelector"] == ("app.kubernetes.io/part-of=street,app.kubernetes.io/instance=lake")
        return {"items": self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]}

    def text(self, path, **query):
        name = path.split("/")[-2]
        if name not in self.said:
            raise Refused(400, "BadRequest", "container is waiting to start")
        return "".join(f"{line}\n" for line in self.said[name][-int(query["tailLines"]) :])

    def lines(self, path, **query):
        assert query.pop("follow") == "true"
        yield from self.said[path.split("/")[-2]]
        yield str(query)


def test_the_oldest_pod_is_told_first_and_one_that_has_not_started_not_at_all():
    pods = [
        _pod("b", "2026-01-02T00:00:00Z"),
        _pod("a", "2026-01-01T00:00:00Z"),
        _pod("c", "2026-01-03T00:00:00Z"),
    ]
    cluster = _Cluster([pods], {"a": ["1", "2", "3"], "b": ["4"]})
    said = list(logs(cluster, "street", "line", "lake", tail=2, previous=False))
    assert [(each.pod, each.line) for each in said] == [("a", "2"), ("a", "3"), ("b", "4")]


def test_a_log_that_may_not_be_read_is_said():
    class Forbidden(_Cluster):
        def text(self, path, **query):
            raise Refused(403, "Forbidden", "may not get pods/log")

    with pytest.raises(Refused, match="may not get pods/log"):
        list(logs(Forbidden([[_pod("a", "x")]], {}), "street", "line", "lake", tail=2, previous=False))


def test_who_follows_hears_the_next_pod_and_the_next_life_of_one_from_their_beginning():
    first, second = _pod("a", "2026-01-01T00:00:00Z"), _pod("b", "2026-01-02T00:00:00Z")
    again = _pod("b", "2026-01-02T00:00:00Z", restarts=1)
    cluster = _Cluster([[first], [first, second], [again]], {"a": ["1"], "b": ["2"]})
    said = followed(cluster, "street", "line", "lake", tail=7)
    heard = [next(said) for _ in range(6)]
    assert [(each.pod, each.line) for each in heard] == [
        ("a", "1"), ("a", "{'tailLines': '7'}"), ("b", "2"), ("b", "{}"), ("b", "2"), ("b", "{}"),
    ]  # fmt: skip


def test_a_line_of_a_device_is_shortened_for_people():
    line = (
        '{"time": "2026-11-23T20:21:58.466+00:00", "level": "warning", "graph": "street", "node": "alarm",'
        ' "device": "log", "message": "count(red box) >= 3", "frame": 504}'
    )
    assert _told(line) == "20:21:58.466 warning count(red box) >= 3 frame=504"
    assert _told("[1] listening") == "[1] listening"
    assert _told('{"other": 1}') == '{"other": 1}'
