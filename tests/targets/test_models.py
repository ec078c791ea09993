"""Where the pods of a graph get their models from."""

import kubernetes_validate
import pytest
import yaml

from iomt.cli import MISUSE, OK, main
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices, Models
from iomt.targets.kubernetes.text import one_text
from tests.graphs import CAMERA, LOG, PEOPLE, check_text, graph_text

_LATEST = kubernetes_validate.latest_version()
_CARS = "cars: {kind: MAnalyzer, model: hustvl/yolos-tiny, revision: v1, task: object-detection}"
_LINKS = ["gate -> people -> log"]


def _objects(folder, nodes, links, **chosen):
    checked = check_text(folder, graph_text(nodes, links))
    assert checked.resolved, checked.findings
    rendered = render(make(checked.resolved), checked.resolved, Choices(**chosen))
    found = {
        (each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(one_text(rendered))
    }
    assert len(found) == len(rendered.manifests)
    for each in found.values():
        kubernetes_validate.validate(each, _LATEST, strict=True)
    return found


def _jobs(objects):
    return {name: each for (kind, name), each in objects.items() if kind == "Job" and "models" in name}


def _pod(objects, kind, name):
    return objects[kind, name]["spec"]["template"]["spec"]


def test_another_model_changes_one_config_map_one_job_and_one_deployment(tmp_path):
    nodes = [CAMERA, PEOPLE, _CARS.replace("v1", "v2"), LOG]
    links = [*_LINKS, "gate -> cars -> log"]
    before = _objects(tmp_path, nodes, links)
    nodes[1] = PEOPLE.replace("yolos-tiny", "yolos-small")
    after = _objects(tmp_path, nodes, links)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    ((old,), (new,)) = (
        _jobs(before).keys() - _jobs(after).keys(),
        _jobs(after).keys() - _jobs(before).keys(),
    )
    assert changed == {("ConfigMap", "people"), ("Deployment", "people"), ("Job", old), ("Job", new)}


def test_a_job_fetches_a_model_once_for_all_that_run_it(tmp_path):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, _CARS, LOG], [*_LINKS, "gate -> cars -> log"])
    (job,) = _jobs(objects).values()
    assert job["metadata"]["annotations"]["iomt.dev/source"] == "graph.yaml:7"
    pod = job["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["command"] == ["python", "-m", "iomt.runtime.fetch_model", "hustvl/yolos-tiny", "v1"]
    assert {"name": "models", "persistentVolumeClaim": {"claimName": "iomt-models"}} in pod["volumes"]
    claim = objects["PersistentVolumeClaim", "iomt-models"]["spec"]
    assert (claim["accessModes"], claim["resources"]["requests"]) == (["ReadWriteOnce"], {"storage": "20Gi"})
    for analyzer in ("people", "cars"):
        reader = _pod(objects, "Deployment", analyzer)
        assert {"name": "models", "persistentVolumeClaim": {"claimName": "iomt-models"}} in reader["volumes"]
        for each in (reader["initContainers"][0], reader["containers"][0]):
            mount = {"name": "models", "mountPath": "/var/lib/iomt-models", "readOnly": True}
            assert mount in each["volumeMounts"]
            assert {"name": "HF_HUB_CACHE", "value": "/var/lib/iomt-models"} in each["env"]
        assert {"name": "HF_HUB_OFFLINE", "value": "1"} in reader["containers"][0]["env"]
        assert reader["initContainers"][0]["command"][3:] == ["--wait", "hustvl/yolos-tiny", "v1"]
    assert "initContainers" not in _pod(objects, "Deployment", "gate")


def test_the_token_is_a_file_of_the_job_alone(tmp_path):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, LOG], _LINKS)
    (name,) = _jobs(objects)
    secret = {"secretName": "iomt-hub", "optional": True, "defaultMode": 0o440}
    assert {"name": "hub", "secret": secret} in _pod(objects, "Job", name)["volumes"]
    env = _pod(objects, "Job", name)["containers"][0]["env"]
    assert {"name": "HF_TOKEN_PATH", "value": "/var/run/iomt/hub/token"} in env
    assert "iomt-hub" not in str(objects["Deployment", "people"])


def test_a_site_has_a_volume_and_jobs_of_its_own(tmp_path):
    checked = check_text(
        tmp_path,
        graph_text(
            [CAMERA, PEOPLE.replace("}", ", site: hall}"), _CARS, LOG], [*_LINKS, "gate -> cars -> log"]
        ).replace("spec:\n", "spec:\n  sites: {hall: {selector: {zone: hall}}}\n"),
    )
    rendered = render(make(checked.resolved), checked.resolved, Choices())
    bodies = [each.body for each in rendered.manifests]
    claims = [each["metadata"]["name"] for each in bodies if each["kind"] == "PersistentVolumeClaim"]
    assert claims == ["iomt-models-hall", "iomt-models"]
    jobs = [each for each in bodies if each["kind"] == "Job" and "models" in each["metadata"]["name"]]
    assert [each["spec"]["template"]["spec"].get("nodeSelector") for each in jobs] == [{"zone": "hall"}, None]


def test_several_machines_share_a_volume_that_can_be_shared(tmp_path):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, LOG], _LINKS, models=Models("shared", "1Ti"))
    claim = objects["PersistentVolumeClaim", "iomt-models"]["spec"]
    assert (claim["accessModes"], claim["resources"]["requests"]) == (["ReadWriteMany"], {"storage": "1Ti"})


@pytest.mark.parametrize(
    ("models", "volume"),
    [
        (Models("claim", "zoo"), {"persistentVolumeClaim": {"claimName": "zoo", "readOnly": True}}),
        (Models("image", "mine/zoo:3"), {"image": {"reference": "mine/zoo:3"}}),
    ],
)
def test_what_somebody_has_filled_is_read_and_nothing_is_fetched(tmp_path, models, volume):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, LOG], _LINKS, models=models)
    pod = _pod(objects, "Deployment", "people")
    assert {"name": "models", **volume} in pod["volumes"]
    assert {"name": "HF_HUB_OFFLINE", "value": "1"} in pod["containers"][0]["env"]
    assert "initContainers" not in pod
    assert not [key for key in objects if "iomt-models" in key[1]]
    assert "443" not in str(objects["NetworkPolicy", "people"])


@pytest.mark.parametrize("chosen", [{"models": Models("pod")}, {"volume": ""}])
def test_without_a_volume_each_pod_fetches_its_own(tmp_path, chosen):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, LOG], _LINKS, **chosen)
    pod = _pod(objects, "Deployment", "people")
    env = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
    assert "HF_HUB_OFFLINE" not in env
    assert (env["HF_HOME"], env["HF_TOKEN_PATH"]) == ("/var/lib/iomt/hub", "/var/run/iomt/hub/token")
    assert not _jobs(objects)


def test_a_hub_of_ones_own_is_asked_and_is_all_that_is_open(tmp_path):
    objects = _objects(tmp_path, [CAMERA, PEOPLE, LOG], _LINKS, models=Models(hub="http://10.0.0.7:8080"))
    (name,) = _jobs(objects)
    env = _pod(objects, "Job", name)["containers"][0]["env"]
    assert {"name": "HF_ENDPOINT", "value": "http://10.0.0.7:8080"} in env
    opened = objects["NetworkPolicy", "iomt-models"]["spec"]["egress"][1:]
    to = [{"ipBlock": {"cidr": "10.0.0.7/32"}}]
    assert opened == [{"to": to, "ports": [{"port": 8080, "protocol": "TCP"}]}]


def _compiled(tmp_path, capfd, *words):
    (tmp_path / "graph.yaml").write_text(graph_text([CAMERA, PEOPLE, LOG], _LINKS))
    try:
        code = main(["compile", str(tmp_path / "graph.yaml"), *words])
    except SystemExit as stopped:
        code = stopped.code
    return code, capfd.readouterr()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "# - a default storage class with volumes that are ReadWriteOnce, for models of the hub\n"),
        (["--models", "shared=5Gi"], "volumes that are ReadWriteMany"),
        (["--models", "claim=zoo"], "# - claim zoo with the models hustvl/yolos-tiny as their hub's cache\n"),
        (["--models", "image=r.io/zoo@sha256:1"], "# - image r.io/zoo@sha256:1 with the models"),
        (["--hub", "https://hub.local/hf/"], "value: https://hub.local/hf\n"),
    ],
)
def test_the_choice_is_made_on_the_command_line_and_told(tmp_path, capfd, words, expected):
    code, said = _compiled(tmp_path, capfd, *words)
    assert code == OK
    assert expected.replace(" r.io/zoo@sha256:1 ", ' "r.io/zoo@sha256:1" ') in said.out


@pytest.mark.parametrize("text", ["disk", "volume=", "volume=many", "claim", "image", "claim=a/b", "pod=1"])
def test_a_place_for_models_that_is_none_is_misuse(tmp_path, capfd, text):
    code, said = _compiled(tmp_path, capfd, "--models", text)
    assert code == MISUSE
    assert f"'{text}' is none of volume, volume=20Gi, shared" in said.err


def test_a_hub_that_is_no_url_is_misuse(tmp_path, capfd):
    code, said = _compiled(tmp_path, capfd, "--hub", "hub.local")
    assert (code, "'hub.local' is no URL" in said.err) == (MISUSE, True)
