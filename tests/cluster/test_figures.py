"""What devices and broker count, made into rates, waiting, ages and losses."""

import json

from iomt.checks import check
from iomt.cluster.api import Refused
from iomt.cluster.figures import counts, link_figures, node_rate, sample
from iomt.plan.make import make
from tests.graphs import GATE, LAKE, WALL, graph_text

_LAKE, _WALL = "gate.frames->lake.media", "gate.frames->wall.frames"


def _plan(tmp_path):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE, WALL], ["gate -> [lake, wall]"]))
    return make(check(str(path)).resolved)


class _Cluster:
    """The API server's proxy: texts by pod; who is not here does not answer."""

    def __init__(self, **pods):
        self.pods = {name.replace("_", "-"): text for name, text in pods.items()}

    def text(self, path, **query):
        name = path.rpartition("/pods/")[2].partition(":")[0]
        if name not in self.pods:
            raise Refused(503, "ServiceUnavailable", "no route")
        if name == "nats-0":
            assert path.endswith(":8222/proxy/jsz")
            assert query == {"streams": "true", "consumers": "true"}
        else:
            assert path.endswith(":8080/proxy/metrics")
        return self.pods[name]


def _pods(*names):
    found = {}
    for name in names:
        pod = {"metadata": {"name": name}, "status": {"phase": "Running"}}
        found.setdefault(name.rpartition("-")[0], []).append(pod)
    return found


def _jsz(pending, unacknowledged):
    consumer = {"name": "lake_media", "num_pending": pending, "num_ack_pending": unacknowledged}
    stream = {"name": "street_gate_frames", "consumer_detail": [consumer]}
    return json.dumps({"account_details": [{"stream_detail": [stream]}]})


def _lake(delivered, slow):
    """Ages: all but ``slow`` of the delivered within 1 ms."""
    return (
        f'iomt_link_delivered_total{{link="{_LAKE}"}} {delivered}\n'
        f'iomt_link_age_seconds_bucket{{link="{_LAKE}",le="0.001"}} {delivered - slow}\n'
        f'iomt_link_age_seconds_bucket{{link="{_LAKE}",le="0.00125"}} {delivered}\n'
        f'iomt_link_age_seconds_bucket{{link="{_LAKE}",le="+Inf"}} {delivered}\n'
    )


def _samples(tmp_path, first, second, *pods):
    plan = _plan(tmp_path)
    then, now = (sample(_Cluster(**texts), "street", plan, _pods(*pods)) for texts in (first, second))
    then = type(then)(now.taken - 2.0, then.nodes, then.waiting)
    return plan, then, now


def test_counts_are_read_as_prometheus_prints_them():
    text = '# TYPE a counter\na_total{port="frames"} 3\nb_seconds_total 1.5\nc 1e3\n'
    assert counts(text) == {'a_total{port="frames"}': 3, "b_seconds_total": 1_500_000_000, "c": 1000}


def test_a_durable_link_waits_for_what_the_broker_has_and_what_the_camera_has_not_sent(tmp_path):
    gate = 'iomt_output_waiting{port="frames"} 4\n' + 'iomt_output_published_total{port="frames"} '
    plan, then, now = _samples(
        tmp_path,
        {"gate_1": gate + "100\n", "lake_1": _lake(80, 0), "nats_0": _jsz(9, 9)},
        {"gate_1": gate + "120\n", "lake_1": _lake(90, 8), "nats_0": _jsz(5, 2)},
        "gate-1", "lake-1", "nats-0",
    )  # fmt: skip
    found = link_figures(plan.links[0], then, now)
    assert (found.name, found.delivery, found.rate) == (_LAKE, "durable", 5.0)
    assert found.waiting == 5 + 2 + 4
    assert found.age == 0.00125
    assert found.dropped == {}
    assert node_rate(plan.device("gate"), then, now) == 10.0
    assert node_rate(plan.device("lake"), then, now) == 5.0


def test_what_was_dropped_on_either_end_is_told_by_reason(tmp_path):
    gate = 'iomt_output_dropped_total{port="frames",reason="buffer-full"} 3\n'
    lake = _lake(1, 0) + f'iomt_link_dropped_total{{link="{_LAKE}",reason="gave-up"}} 2\n'
    texts = {"gate_1": gate, "lake_1": lake}
    plan, then, now = _samples(tmp_path, texts, texts, "gate-1", "lake-1")
    found = link_figures(plan.links[0], then, now)
    assert found.dropped == {"buffer-full": 3, "gave-up": 2}
    assert found.waiting is None  # no broker told
    assert found.age is None  # nothing came between the samples


def test_a_latest_link_counts_what_is_in_hand_over_all_pods(tmp_path):
    def wall(seen, delivered):
        return (
            f'iomt_link_seen_total{{link="{_WALL}"}} {seen}\n'
            f'iomt_link_delivered_total{{link="{_WALL}"}} {delivered}\n'
            f'iomt_link_dropped_total{{link="{_WALL}",reason="replaced"}} 5\n'
        )

    texts = {"wall_1": wall(20, 14), "wall_2": wall(30, 25)}
    plan, then, now = _samples(tmp_path, texts, texts, "wall-1", "wall-2")
    found = link_figures(plan.links[1], then, now)
    assert (found.delivery, found.waiting, found.dropped) == ("latest", 1, {"replaced": 10})
    assert found.rate == 0.0


def test_a_new_pod_counts_from_the_start_and_has_no_rate_yet(tmp_path):
    plan, then, now = _samples(tmp_path, {"lake_1": _lake(80, 0)}, {"lake_1": _lake(3, 0)}, "lake-1")
    assert link_figures(plan.links[0], then, now).rate is None
    assert node_rate(plan.device("lake"), then, now) is None


def test_who_does_not_answer_is_unknown_and_not_zero(tmp_path):
    plan, then, now = _samples(tmp_path, {}, {}, "gate-1", "lake-1", "nats-0")
    found = link_figures(plan.links[0], then, now)
    assert (found.rate, found.waiting, found.age) == (None, None, None)
    assert node_rate(plan.device("gate"), then, now) is None
