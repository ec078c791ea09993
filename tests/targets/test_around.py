"""Parts around a graph: only what was asked for, and what each of them says."""

import json

import kubernetes_validate
import pytest
import yaml

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from tests.graphs import CAMERA, LOG, PEOPLE, WALL, graph_text

_SCALED = PEOPLE.replace("}", ", autoscale: {min: 1, max: 4, lag: 20}}")
_NODES = [CAMERA, _SCALED, LOG, WALL]
_LINKS = [
    "{from: gate, to: people, delivery: durable}",
    "{from: people, to: log, latency: 1500ms}",
    "gate -> wall",
]
_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQ==\n-----END PUBLIC KEY-----\n"
_CUSTOM = ("keda.sh", "argoproj.io", "monitoring.coreos.com", "gateway.networking", "policies.kyverno.io")


@pytest.fixture
def compiled(tmp_path, capfd):
    """Compiles the graph with parts: the exit code, the objects by kind and name, and what was said."""

    def run(*parts, nodes=_NODES, links=_LINKS):
        (tmp_path / "graph.yaml").write_text(graph_text(nodes, links))
        words = [word for part in parts for word in ("--with", part)]
        try:
            code = main(["compile", str(tmp_path / "graph.yaml"), *words])
        except SystemExit as stopped:
            code = stopped.code
        out, error = capfd.readouterr()
        objects = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(out) if each}
        for each in objects.values():
            if not each["apiVersion"].startswith(_CUSTOM):
                kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)
        return code, objects, error

    return run


def _added(compiled, *parts):
    """What a part adds to the objects without it."""
    _, plain, _ = compiled()
    code, objects, error = compiled(*parts)
    assert code == OK, error
    assert {key: objects.get(key) for key in plain} == plain
    return {key: each for key, each in objects.items() if key not in plain}


def test_a_page_gets_an_ingress_with_tls_at_a_host_of_its_own(compiled):
    ((key, ingress),) = _added(compiled, "ingress=cams.example.org,class=nginx,issuer=le").items()
    assert key == ("Ingress", "wall")
    assert ingress["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "le"
    assert ingress["spec"] == {
        "ingressClassName": "nginx",
        "tls": [{"hosts": ["wall.cams.example.org"], "secretName": "wall-tls"}],
        "rules": [
            {
                "host": "wall.cams.example.org",
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "wall", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    }


def test_an_ingress_of_the_default_class_has_a_certificate_of_the_users(compiled):
    ((_, ingress),) = _added(compiled, "ingress=example.org").items()
    assert "ingressClassName" not in ingress["spec"]
    assert set(ingress["metadata"]["annotations"]) == {"iomt.dev/source"}


def test_a_page_gets_a_route_of_a_gateway_without_a_time_limit(compiled):
    ((key, route),) = _added(compiled, "route=example.org,gateway=infra/edge").items()
    assert key == ("HTTPRoute", "wall")
    assert route["spec"]["parentRefs"] == [{"name": "edge", "namespace": "infra"}]
    assert route["spec"]["hostnames"] == ["wall.example.org"]
    (rule,) = route["spec"]["rules"]
    assert (rule["timeouts"], rule["backendRefs"]) == ({"request": "0s"}, [{"name": "wall", "port": 80}])


def test_a_prometheus_finds_all_devices_and_may_come_to_them(compiled):
    added = _added(compiled, "podmonitor=watch")
    assert set(added) == {("PodMonitor", "iomt-metrics"), ("NetworkPolicy", "iomt-metrics")}
    monitor = added["PodMonitor", "iomt-metrics"]["spec"]
    endpoint = {"port": "http", "path": "/metrics", "interval": "15s"}
    assert monitor["podMetricsEndpoints"] == [endpoint]
    policy = added["NetworkPolicy", "iomt-metrics"]["spec"]
    assert policy["podSelector"] == monitor["selector"]
    assert policy["ingress"] == [
        {
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "watch"}}}],
            "ports": [{"port": 8080, "protocol": "TCP"}],
        }
    ]


def test_promises_of_the_graph_are_alerts(compiled):
    added = _added(compiled, "alerts")
    assert set(added) == {("PrometheusRule", name) for name in ("gate", "people", "log")}
    (group,) = added["PrometheusRule", "log"]["spec"]["groups"]
    late, lost = group["rules"]
    link = 'namespace="street",link="people.results->log.results"'
    assert late["expr"] == (
        f"histogram_quantile(0.99, sum by (le) (rate(iomt_link_age_seconds_bucket{{{link}}}[5m]))) > 1.5"
    )
    assert (late["alert"], late["for"]) == ("IomtLatencyPromise", "5m")
    assert late["annotations"] == {
        "summary": "people.results->log.results promises 1.5s, and 1 of 100 messages takes longer",
        "iomt_dev_source": "graph.yaml:12",
    }
    assert lost["expr"] == f"sum(increase(iomt_link_dropped_total{{{link}}}[10m])) > 0"
    ((never,),) = [each["rules"] for each in added["PrometheusRule", "gate"]["spec"]["groups"]]
    stored = 'namespace="street",pod=~"gate-[^-]+-[^-]+",port="frames"'
    assert never["expr"] == f"sum(increase(iomt_output_dropped_total{{{stored}}}[10m])) > 0"


def test_grafana_gets_a_dashboard(compiled):
    ((key, found),) = _added(compiled, "dashboard").items()
    assert key == ("ConfigMap", "iomt-dashboard")
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    dashboard = json.loads(found["data"]["iomt-street.json"])
    assert (dashboard["uid"], dashboard["title"]) == ("iomt-street", "iomt: street")
    places = [tuple(each["gridPos"][side] for side in "xywh") for each in dashboard["panels"]]
    assert places == [(x, y, 12, 8) for y in (0, 8, 16) for x in (0, 12)]
    assert all('namespace="street"' in each["targets"][0]["expr"] for each in dashboard["panels"])


def test_images_must_be_signed_with_the_key_of_a_file(compiled, tmp_path):
    (tmp_path / "cosign.pub").write_text(_KEY)
    ((key, policy),) = _added(compiled, f"signatures={tmp_path / 'cosign.pub'}").items()
    assert key == ("NamespacedImageValidatingPolicy", "iomt-signatures")
    assert policy["spec"]["attestors"][0]["cosign"]["key"] == {"data": _KEY}
    selected = policy["spec"]["matchConstraints"]["objectSelector"]
    assert selected == {"matchLabels": {"app.kubernetes.io/part-of": "street"}}
    assert len(policy["spec"]["validations"]) == 2


def test_an_analyzer_with_a_canary_is_a_rollout_and_is_scaled_as_one(compiled):
    _, plain, _ = compiled()
    code, objects, _ = compiled("canary=people,pause=90s")
    assert code == OK
    assert ("Deployment", "people") not in objects
    deployment, rollout = plain["Deployment", "people"]["spec"], objects["Rollout", "people"]["spec"]
    pause = {"pause": {"duration": "90s"}}
    steps = [{"setWeight": 25}, pause, {"setWeight": 50}, pause]
    assert rollout.pop("strategy") == {"canary": {"maxUnavailable": 0, "maxSurge": 1, "steps": steps}}
    deployment.pop("strategy")
    assert rollout == deployment
    target = objects["ScaledObject", "people"]["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "people"}
    assert ("Deployment", "gate") in objects


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("canary=nobody", "error[target-around]: --with canary=nobody: the graph has no such node"),
        ("canary=gate", "error[target-around]: gate must never run twice at once, and a canary does"),
    ],
)
def test_a_canary_of_what_must_run_once_is_an_error(compiled, part, said):
    code, _, error = compiled(part)
    assert (code, said in error) == (FOUND_ERRORS, True)


def test_an_ingress_without_a_page_is_an_error(compiled):
    code, _, error = compiled("ingress=a.org", nodes=_NODES[:3], links=_LINKS[:2])
    assert code == FOUND_ERRORS
    assert "error[target-around]: --with ingress: no node of the graph has a page" in error


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("gress=a", "'gress' is none of the parts ingress, route, podmonitor, alerts,"),
        ("ingress", "'ingress' is not written ingress=HOST,class=...,issuer=..."),
        ("ingress=a.org,colour=red", "is not written ingress=HOST"),
        ("route=a.org", "'route=a.org' is not written route=HOST,gateway=..."),
        ("ingress=A_B", "'A_B' is no host"),
        ("route=a.org,gateway=a/b/c", "'a/b/c' is no gateway"),
        ("canary=people,pause=soon", "'soon' is no pause"),
        ("alerts=yes", "'alerts=yes' is not written alerts"),
        ("signatures=/nonesuch", "/nonesuch cannot be read"),
    ],
)
def test_a_part_that_is_not_written_so_is_misuse(compiled, part, said):
    code, _, error = compiled(part)
    assert (code, said in error) == (MISUSE, True), error


def test_a_private_key_is_never_taken(compiled, tmp_path):
    (tmp_path / "cosign.key").write_text("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n")
    code, _, error = compiled(f"signatures={tmp_path / 'cosign.key'}")
    assert (code, "is no public key" in error) == (MISUSE, True)
