"""Who decides how many pods a node has, and who may not."""

import kubernetes_validate
import pytest
import yaml

from iomt.checks import check
from iomt.contract.provision import Provision
from iomt.diagnostics.finding import Severity
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.text import one_text
from tests.graphs import GATE, LOG, PEOPLE, graph_text

_LINKS = ["{from: gate, to: people, delivery: durable}", "people -> log"]
_PROMETHEUS = "http://prometheus.monitoring.svc:9090"
_PROFILES = """apiVersion: iomt.dev/v1
kind: Profiles
spec:
  gate: {rate: 25/s, bytes: 60k, seconds: 5ms}
  people: {bytes: 600B, seconds: 100ms, startup: 9s}
"""


def _rendered(folder, autoscale, links=_LINKS, profiles="", **chosen):
    people = PEOPLE.replace("}", f", autoscale: {autoscale}}}")
    (folder / "graph.yaml").write_text(graph_text([GATE, people, LOG], links))
    if profiles:
        (folder / "profiles").mkdir()
        (folder / "profiles" / "street.yaml").write_text(profiles)
    checked = check(str(folder / "graph.yaml"))
    assert checked.resolved, checked.findings
    return render(make(checked.resolved), checked.resolved, Choices(**chosen))


def _objects(rendered):
    found = {
        (each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(one_text(rendered))
    }
    for (kind, _), each in found.items():
        if kind != "ScaledObject":
            kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)
    return found


def _told(rendered, rule="target-autoscale"):
    return [(each.severity, each.message) for each in rendered.findings if each.rule == rule]


def test_what_waits_in_the_broker_is_counted_by_keda(tmp_path):
    rendered = _rendered(tmp_path, "{min: 1, max: 4, lag: 20}")
    objects = _objects(rendered)
    spec = objects["ScaledObject", "people"]["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "people"}
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 4)
    assert (spec["pollingInterval"], spec["cooldownPeriod"]) == (10, 120)
    (trigger,) = spec["triggers"]
    assert trigger == {
        "type": "nats-jetstream",
        "metadata": {
            "natsServerMonitoringEndpoint": "nats.street.svc.cluster.local:8222",
            "account": "$G",
            "stream": "street_gate_frames",
            "consumer": "people_media",
            "lagThreshold": "20",
            "activationLagThreshold": "0",
            "useHttps": "false",
        },
    }
    assert not _told(rendered)
    provision = Provision.from_json(objects["ConfigMap", "iomt-bootstrap"]["data"]["provision.json"])
    made = {(each.stream, each.name) for each in provision.consumers}
    assert (trigger["metadata"]["stream"], trigger["metadata"]["consumer"]) in made
    assert {"name": "monitor", "port": 8222, "targetPort": "monitor", "protocol": "TCP"} in objects[
        "Service", "nats"
    ]["spec"]["ports"]


def test_keda_may_read_the_brokers_figures_where_it_scales_and_nothing_else(tmp_path):
    objects = _objects(_rendered(tmp_path, "{min: 1, max: 4, lag: 20}", keda="scalers"))
    rules = objects["NetworkPolicy", "nats"]["spec"]["ingress"]
    namespace = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "scalers"}}}
    assert [rule for rule in rules if rule["from"] == [namespace]] == [
        {"from": [namespace], "ports": [{"port": 8222, "protocol": "TCP"}]}
    ]
    objects = _objects(_rendered(tmp_path, "{min: 1, max: 4, cpu: 70%}"))
    assert "8222" not in str(objects["NetworkPolicy", "nats"])


def test_each_durable_link_is_counted(tmp_path):
    other = "yard: {kind: MSensor, device: usb-camera}"
    people = PEOPLE.replace("}", ", autoscale: {min: 1, max: 4, lag: 20}}")
    links = [*_LINKS, "{from: yard, to: people, delivery: durable}"]
    (tmp_path / "graph.yaml").write_text(graph_text([GATE, other, people, LOG], links))
    checked = check(str(tmp_path / "graph.yaml"))
    objects = _objects(render(make(checked.resolved), checked.resolved))
    triggers = objects["ScaledObject", "people"]["spec"]["triggers"]
    assert [each["metadata"]["stream"] for each in triggers] == ["street_gate_frames", "street_yard_frames"]


def test_age_is_asked_of_prometheus(tmp_path):
    objects = _objects(_rendered(tmp_path, "{min: 1, max: 4, age: 1500ms}", prometheus=_PROMETHEUS))
    (trigger,) = objects["ScaledObject", "people"]["spec"]["triggers"]
    rates = 'rate(iomt_link_age_seconds_bucket{namespace="street",link=~"gate[.]frames->people[.]media"}[1m])'
    assert trigger == {
        "type": "prometheus",
        "metricType": "Value",
        "metadata": {
            "serverAddress": _PROMETHEUS,
            "query": f"(histogram_quantile(0.95, sum by (le) ({rates})) > 0) or vector(0)",
            "threshold": "1.5",
        },
    }


@pytest.mark.parametrize(
    ("autoscale", "chosen", "scaler"),
    [
        ("{min: 1, max: 4, cpu: 70%}", {}, ("HorizontalPodAutoscaler", "people")),
        ("{min: 1, max: 4, lag: 20}", {}, ("ScaledObject", "people")),
        ("{min: 0, max: 4, lag: 20}", {}, ("ScaledObject", "people")),
        ("{min: 1, max: 4, age: 2s}", {"prometheus": _PROMETHEUS}, ("ScaledObject", "people")),
        ("{min: 2, max: 4, lag: 20}", {"keda": ""}, None),
        ("{min: 2, max: 4, age: 2s}", {}, None),
    ],
)
def test_replicas_are_said_by_the_deployment_or_by_one_scaler_and_never_by_both(
    tmp_path, autoscale, chosen, scaler
):
    objects = _objects(_rendered(tmp_path, autoscale, **chosen))
    scalers = [key for key in objects if key[0] in ("HorizontalPodAutoscaler", "ScaledObject")]
    spec = objects["Deployment", "people"]["spec"]
    assert scalers == ([scaler] if scaler else [])
    assert spec.get("replicas") == (None if scaler else 2)


def test_without_keda_a_node_that_could_sleep_runs(tmp_path):
    objects = _objects(_rendered(tmp_path, "{min: 0, max: 4, lag: 20}", keda=""))
    assert objects["Deployment", "people"]["spec"]["replicas"] == 1


@pytest.mark.parametrize(
    ("autoscale", "links", "chosen", "message"),
    [
        (
            "{min: 1, max: 4, lag: 20}", ["gate -> people -> log"], {},
            "people scales by lag, and no durable link goes to it, so nothing waits: it gets 1 for good",
        ),
        (
            "{min: 2, max: 4, lag: 20}", _LINKS, {"keda": ""},
            "people scales by lag, and without KEDA nobody knows it: it gets 2 for good",
        ),
        (
            "{min: 1, max: 4, age: 2s}", _LINKS, {},
            "people scales by age, and it is known to Prometheus alone: it gets 1 for good",
        ),
        (
            "{min: 1, max: 4, age: 2s}",
            ["{from: gate, to: people, transport: http}", "people -> log"], {"prometheus": _PROMETHEUS},
            "more of people do the same work again: each of them hears every message",
        ),
    ],
)  # fmt: skip
def test_what_nobody_counts_is_told(tmp_path, autoscale, links, chosen, message):
    assert _told(_rendered(tmp_path, autoscale, links, **chosen)) == [(Severity.WARNING, message)]


def test_replicas_of_a_model_share_a_latest_link(tmp_path):
    links = ["gate -> people -> log"]
    rendered = _rendered(tmp_path, "{min: 1, max: 4, age: 2s}", links, prometheus=_PROMETHEUS)
    assert _told(rendered) == []
    objects = _objects(rendered)
    settings = {name: objects["ConfigMap", name]["data"]["settings.json"] for name in ("people", "log")}
    assert '"queue": "people_media"' in settings["people"]
    assert '"queue": ""' in settings["log"]


def test_the_plan_tells_the_capacity_and_what_to_fall_back_to(tmp_path):
    objects = _objects(_rendered(tmp_path, "{min: 1, max: 4, lag: 20}", profiles=_PROFILES))
    scaled = objects["ScaledObject", "people"]
    assert scaled["metadata"]["annotations"]["iomt.dev/capacity"] == "3 = ceil(25/s x 0.1 s)"
    assert scaled["spec"]["fallback"] == {"failureThreshold": 3, "replicas": 3}


@pytest.mark.parametrize(("least", "most", "replicas"), [(0, 4, 1), (2, 4, 2), (1, 4, 1)])
def test_who_knows_no_capacity_falls_back_to_the_least_that_works(tmp_path, least, most, replicas):
    objects = _objects(_rendered(tmp_path, f"{{min: {least}, max: {most}, lag: 20}}"))
    assert objects["ScaledObject", "people"]["spec"]["fallback"]["replicas"] == replicas


@pytest.mark.parametrize(
    ("autoscale", "links", "message"),
    [
        (
            "{min: 0, max: 4, cpu: 70%}", _LINKS,
            "people may run 0 times, and nothing that sleeps tells its cpu",
        ),
        (
            "{min: 0, max: 4, lag: 20}", ["gate -> people -> log"],
            "people may run 0 times, and "
            "what comes over the latest link gate.frames->people.media is lost then",
        ),
        (
            "{min: 0, max: 4, lag: 20}", [_LINKS[0], "{from: people, to: log, latency: 20s}"],
            "people may run 0 times, and then a message waits 22s for its start: "
            "people.results->log.results promises 20s",
        ),
    ],
)  # fmt: skip
def test_who_must_not_sleep_is_an_error(tmp_path, autoscale, links, message):
    told = _told(_rendered(tmp_path, autoscale, links, profiles=_PROFILES))
    assert (Severity.ERROR, message) in told


def test_a_promise_that_leaves_time_for_the_start_lets_a_node_sleep(tmp_path):
    links = [_LINKS[0], "{from: people, to: log, latency: 30s}"]
    rendered = _rendered(tmp_path, "{min: 0, max: 4, lag: 20}", links, profiles=_PROFILES)
    assert not _told(rendered)
    assert _objects(rendered)["ScaledObject", "people"]["spec"]["minReplicaCount"] == 0
