import json
import os
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import kubernetes_validate
import pytest
import yaml

from iomt import __version__
from iomt.checks import check
from iomt.contract.provision import Provision
from iomt.contract.settings import Settings
from iomt.diagnostics.finding import Severity
from iomt.local.report import JsonReport
from iomt.local.run import Run, Wishes
from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.text import images, one_text
from tests.graphs import CAMERA, GATE, HEAD, LAKE, LOG, PEOPLE, WALL, check_text, graph_text

_ROOT = Path(__file__).parents[2]
_GRAPHS = sorted((_ROOT / "graphs").glob("*.yaml"))
_IMAGE = f"iomt/device:{__version__}"
_LATEST = kubernetes_validate.latest_version()
_FILM = "film: {kind: MSensor, device: video-file, options: {path: clip.mp4}}"
every_graph = pytest.mark.parametrize("graph", _GRAPHS, ids=lambda path: path.stem)


def _rendered(checked):
    assert checked.resolved, checked.findings
    return render(make(checked.resolved), checked.resolved)


def _objects(rendered):
    """What a reader of the printed text has, by kind and name."""
    every = yaml.safe_load_all(one_text(rendered))
    return {(each["kind"], each["metadata"]["name"]): each for each in every}


def _made(folder, nodes, links=()):
    return _rendered(check_text(folder, graph_text(nodes, links)))


def _told(rendered):
    return [(each.rule, each.severity, each.message, each.span.line) for each in rendered.findings]


@every_graph
def test_every_object_of_every_example_fits_the_strict_schema_of_kubernetes(graph):
    rendered = _rendered(check(str(graph)))
    assert not [each for each in rendered.findings if each.severity is Severity.ERROR]
    objects = _objects(rendered)
    assert len(objects) == len(rendered.manifests)
    for each in objects.values():
        kubernetes_validate.validate(each, _LATEST, strict=True)


@every_graph
def test_every_node_has_settings_a_deployment_and_a_service_of_its_name(graph):
    checked = check(str(graph))
    objects = _objects(_rendered(checked))
    for node in checked.resolved.nodes:
        deployment, service = objects["Deployment", node], objects["Service", node]
        template = deployment["spec"]["template"]
        labels = template["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert service["spec"]["selector"].items() <= labels.items()
        assert template["spec"]["volumes"][0]["configMap"]["name"] == node
        assert ("ConfigMap", node) in objects


@every_graph
def test_settings_are_those_of_iomt_run_but_for_the_place(graph, tmp_path):
    """Both go through the Plan; only addresses, folders and the origin's folder differ."""
    checked = check(str(graph))
    plan = make(checked.resolved)
    run = Run(plan, Wishes(data=tmp_path), JsonReport())
    run.surroundings.broker, run.surroundings.store = "nats://127.0.0.1:1", "http://127.0.0.1:2"
    run._make_nodes()
    name, objects = plan.graph, _objects(_rendered(checked))
    peers = {node.url: f"http://{each}.{name}.svc.cluster.local" for each, node in run.nodes.items()}
    for node, process in run.nodes.items():
        here = process.settings
        inside = Settings.from_json(objects["ConfigMap", node]["data"]["settings.json"])
        written = checked.resolved.nodes[node]
        assert inside == here._replace(
            host="0.0.0.0",
            http_port=8080,
            broker=here.broker and f"nats://nats.{name}.svc.cluster.local:4222",
            store=here.store and f"http://store.{name}.svc.cluster.local:9000",
            credentials="/var/run/iomt/credentials",
            state_dir="/var/lib/iomt",
            origin=f"{graph.name}:{written.node.span.line}",
            options=here.options
            | {each: f"/srv/iomt/{written.options[each]}" for each in written.device.paths},
            model=f"/srv/iomt/{written.node.model.removeprefix('../')}"
            if here.model.startswith("/")
            else here.model,
            inputs=tuple(_at(each, peers) for each in here.inputs),
        )
        process._log.close()
    run.folder.close()


def _at(link, peers):
    for here, inside in peers.items():
        if link.url.startswith(f"{here}/"):
            return link._replace(url=inside + link.url.removeprefix(here))
    assert not link.url
    return link


@every_graph
def test_the_bootstrap_makes_what_iomt_run_makes(graph):
    checked = check(str(graph))
    plan, objects = make(checked.resolved), _objects(_rendered(checked))
    jobs = [name for kind, name in objects if kind == "Job" and name.startswith("iomt-bootstrap-")]
    if not (plan.streams or plan.buckets):
        assert not jobs
        return
    wanted = Provision.from_json(objects["ConfigMap", "iomt-bootstrap"]["data"]["provision.json"])
    assert (wanted.streams, wanted.consumers, wanted.buckets) == (plan.streams, plan.consumers, plan.buckets)
    assert wanted.complete
    assert len(jobs) == 1


def _compile(graph, folder, seed="0"):
    done = subprocess.run(
        [sys.executable, "-m", "iomt", "compile", str(graph)],
        capture_output=True,
        check=True,
        cwd=folder,
        env=os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": "C"},
    )
    return done.stdout


def test_the_same_graph_gives_the_same_bytes_whatever_the_hash_seed():
    made = {_compile("graphs/sorting-line.yaml", _ROOT, str(seed)) for seed in range(5)}
    assert len(made) == 1


@every_graph
def test_the_same_graph_gives_the_same_bytes_wherever_it_stands(graph, tmp_path):
    (tmp_path / "elsewhere" / "deeper").mkdir(parents=True)
    shutil.copy(graph, tmp_path / "elsewhere" / "deeper")
    (tmp_path / "elsewhere" / "devices").symlink_to(_ROOT / "devices")
    made = _compile(graph, tmp_path)
    assert made == _compile(graph.name, graph.parent)
    assert made == _compile(f"elsewhere/deeper/{graph.name}", tmp_path)
    assert str(_ROOT).encode() not in made


@every_graph
def test_every_object_tells_its_line_of_the_graph_and_carries_the_recommended_labels(graph):
    checked = check(str(graph))
    nodes = checked.resolved.nodes
    for manifest in _rendered(checked).manifests:
        metadata = manifest.body["metadata"]
        name, line = metadata["annotations"]["iomt.dev/source"].split(":")
        assert name == graph.name
        if manifest.owner.name in nodes:
            entry = nodes[manifest.owner.name].node.entry  # with `each` several nodes come of one
            assert graph.read_text().splitlines()[int(line) - 1].split(":")[0].strip() == entry
        parts = ("name", "instance", "component", "part-of", "managed-by", "version")
        labels = {each for each in metadata["labels"] if not each.startswith("pod-security.kubernetes.io/")}
        assert labels == {f"app.kubernetes.io/{part}" for part in parts}


@every_graph
def test_pods_have_no_privileges_and_write_only_into_volumes(graph):
    for manifest in _rendered(check(str(graph))).manifests:
        if manifest.body["kind"] not in ("Deployment", "Job", "StatefulSet"):
            continue
        pod = manifest.body["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        assert not pod["enableServiceLinks"]
        assert pod["serviceAccountName"] != "default"
        volumes = {each["name"]: each for each in pod["volumes"]}
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            for mount in container["volumeMounts"]:
                claimed = (mount["name"], manifest.body["kind"]) in (
                    ("data", "StatefulSet"),
                    ("models", "Job"),
                )
                assert claimed or mount.get("readOnly") or "emptyDir" in volumes[mount["name"]]


def test_every_pod_has_an_account_of_its_own_that_is_nobody_to_the_api_server():
    objects = _objects(_rendered(check(str(_ROOT / "graphs" / "sorting-line.yaml"))))
    pods = [
        each["spec"]["template"]["spec"] for each in objects.values() if "template" in each.get("spec", {})
    ]
    accounts = [each["serviceAccountName"] for each in pods]
    assert len(set(accounts)) == len(accounts) == 10
    for account in accounts:
        assert objects["ServiceAccount", account]["automountServiceAccountToken"] is False


def test_the_namespace_enforces_that_pods_have_no_privileges():
    objects = _objects(_rendered(check(str(_ROOT / "graphs" / "composed.yaml"))))
    labels = objects["Namespace", "composed"]["metadata"]["labels"]
    levels = {f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "warn", "audit")}
    assert {labels[each] for each in levels} == {"restricted"}


def test_a_namespace_of_ones_own_is_where_everything_is_and_is_looked_for():
    checked = check(str(_ROOT / "graphs" / "sorting-line.yaml"))
    objects = _objects(render(make(checked.resolved), checked.resolved, Choices(namespace="hall")))
    assert objects.pop(("Namespace", "hall"))
    assert {each["metadata"]["namespace"] for each in objects.values()} == {"hall"}
    settings = Settings.from_json(objects["ConfigMap", "lake"]["data"]["settings.json"])
    assert (settings.broker, settings.graph) == ("nats://nats.hall.svc.cluster.local:4222", "sorting-line")


def test_the_broker_takes_its_configuration(tmp_path):
    objects = _objects(_rendered(check(str(_ROOT / "graphs" / "sorting-line.yaml"))))
    (tmp_path / "nats.conf").write_text(objects["ConfigMap", "nats"]["data"]["nats.conf"])
    broker = Path(sys.executable).parent / "nats-server"
    done = subprocess.run(
        [broker, "-t", "-c", tmp_path / "nats.conf"],
        env={
            each["name"]: "k1"
            for each in objects["StatefulSet", "nats"]["spec"]["template"]["spec"]["containers"][0]["env"]
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_data_outlives_a_pod_unless_it_is_asked_not_to():
    checked = check(str(_ROOT / "graphs" / "sorting-line.yaml"))

    def stores(volume):
        objects = _objects(render(make(checked.resolved), checked.resolved, Choices(volume=volume)))
        return [objects["StatefulSet", name]["spec"] for name in ("nats", "store")]

    for spec in stores("3Gi"):
        (claim,) = spec["volumeClaimTemplates"]
        assert claim["spec"]["resources"]["requests"]["storage"] == "3Gi"
    for spec in stores(""):
        assert "volumeClaimTemplates" not in spec
        assert {"name": "data", "emptyDir": {}} in spec["template"]["spec"]["volumes"]


def test_an_image_of_ones_own_is_used_and_taken_at_its_word(tmp_path):
    checked = check_text(tmp_path, graph_text([_FILM, LAKE], ["film -> lake"]))
    choices = Choices(images={"device": "mine/device:7", "nats": "nats:2.15"})
    rendered = render(make(checked.resolved), checked.resolved, choices)
    assert not rendered.findings
    assert images(rendered) == [f"iomt/store:{__version__}", "mine/device:7", "nats:2.15"]


def test_a_change_of_settings_makes_new_pods_and_a_new_bootstrap_and_nothing_else_does(tmp_path):
    def hashes(limit):
        log = LOG.replace("}", f", options: {{interval: {limit}}}}}")
        objects = _objects(
            _made(tmp_path, [CAMERA, LAKE, PEOPLE, log], ["gate -> lake", "gate -> people -> log"])
        )
        return {
            name: each["spec"]["template"]["metadata"]["annotations"]["iomt.dev/settings"]
            for (kind, name), each in objects.items()
            if kind in ("Deployment", "Job")
        }

    before, after = hashes("5s"), hashes("6s")
    assert {name for name in before if before[name] != after.get(name)} == {"log"}
    text = graph_text([CAMERA, LAKE], [{"from": "gate", "to": "lake", "buffer": "2Gi"}])
    changed = _objects(_rendered(check_text(tmp_path, text)))
    assert not {name for kind, name in changed if kind == "Job"} & set(before)


def test_a_node_that_moves_in_its_file_goes_on_running(tmp_path):
    nodes, links = [CAMERA, LAKE, PEOPLE, LOG], ["gate -> lake", "gate -> people -> log"]

    def templates(more):
        objects = _objects(_made(tmp_path, [*more, *nodes], links))
        return {
            name: each["spec"]["template"] for (kind, name), each in objects.items() if kind == "Deployment"
        }

    before, after = templates([]), templates(["yard: {kind: MSensor, device: usb-camera}"])
    assert {name: after[name] for name in before} == before


def test_only_a_model_runs_twice_during_a_rollout(tmp_path):
    objects = _objects(
        _made(tmp_path, [CAMERA, LAKE, PEOPLE, LOG], ["gate -> lake", "gate -> people -> log"])
    )
    strategies = {
        name: each["spec"]["strategy"] for (kind, name), each in objects.items() if kind == "Deployment"
    }
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    recreate = {"type": "Recreate"}
    assert strategies == {"gate": recreate, "lake": recreate, "people": rolling, "log": recreate}


def test_credentials_are_mounted_where_there_is_a_broker_or_a_store_to_talk_to():
    def folders(graph):
        for manifest in _rendered(check(str(_ROOT / "graphs" / graph))).manifests:
            if manifest.body["kind"] in ("Deployment", "Job"):  # the platform's pods get single keys of it
                pod = manifest.body["spec"]["template"]["spec"]
                yield "credentials" in {each["name"] for each in pod["volumes"]}

    assert all(folders("sorting-line.yaml"))
    assert not any(folders("composed.yaml"))


def test_the_text_begins_with_what_must_be_there():
    checked = check(str(_ROOT / "graphs" / "sorting-line.yaml"))
    head = one_text(_rendered(checked)).split("---")[0]
    assert "Service nats" not in head
    keys = "broker-user (sorting-line.left), broker-password"
    assert f"a Secret iomt-credentials.left in namespace sorting-line with the keys {keys}\n" in head
    assert "a Secret iomt-credentials.iomt-bootstrap in" in head
    assert "a Secret iomt-credentials in" not in head
    assert f"iomt/analyzer:{__version__}, {_IMAGE}, iomt/nats:{__version__}, iomt/store:{__version__}" in head
    external = render(make(checked.resolved), checked.resolved, Choices(platform="external"))
    head = one_text(external).split("---")[0]
    assert "Service nats in namespace sorting-line, port 4222" in head
    assert "Service store in namespace sorting-line, port 9000" in head
    assert "a Secret iomt-credentials in namespace sorting-line with the keys broker-user, broker-" in head
    assert "/srv/iomt/media/conveyor-a.mp4, for left" in head
    head = one_text(_rendered(check(str(_ROOT / "graphs" / "composed.yaml")))).split("---")[0]
    assert "NATS" not in head
    assert "Secret" not in head


def test_a_file_beside_the_graph_is_a_warning_that_says_where_the_image_must_have_it(tmp_path):
    rendered = _made(tmp_path, [_FILM, WALL], ["film -> wall"])
    message = f"path of film is read at /srv/iomt/clip.mp4, which {_IMAGE} has not"
    assert _told(rendered) == [("target-file", Severity.WARNING, message, 6)]
    assert rendered.files == {"/srv/iomt/clip.mp4": ["film"]}


@pytest.mark.parametrize(
    ("written", "inside"),
    [
        ("a/./b/../c.mp4", "/srv/iomt/a/c.mp4"),
        ("../../c.mp4", "/srv/iomt/c.mp4"),
        ("/data/c.mp4", "/data/c.mp4"),
        ("//data/../c.mp4", "/c.mp4"),
        ("ä b\\nc.mp4", "/srv/iomt/ä b\nc.mp4"),
    ],
)
def test_a_path_in_an_image_has_nothing_of_the_folder_that_the_graph_stands_in(tmp_path, written, inside):
    rendered = _made(tmp_path, [_FILM.replace("clip.mp4", f'"{written}"'), WALL], ["film -> wall"])
    text = _objects(rendered)["ConfigMap", "film"]["data"]["settings.json"]
    assert Settings.from_json(text).options["path"] == inside
    assert PurePosixPath(inside).is_absolute()
    assert str(tmp_path) not in one_text(rendered)


def test_two_files_that_would_be_one_in_an_image_are_an_error(tmp_path):
    other = _FILM.replace("film:", "other:").replace("clip", "../clip")
    rendered = _made(tmp_path, [_FILM, other, WALL], ["film -> wall", "other -> wall"])
    (error,) = [each for each in rendered.findings if each.severity is Severity.ERROR]
    assert error.rule == "target-file"
    assert (
        error.message == "path of other would be /srv/iomt/clip.mp4 in an image, and so would another of film"
    )
    assert error.related[0].span.line == 6


def test_one_file_for_two_cameras_is_no_error(tmp_path):
    other = _FILM.replace("film:", "other:").replace("clip", "./clip")
    rendered = _made(tmp_path, [_FILM, other, WALL], ["film -> wall", "other -> wall"])
    assert {each.severity for each in rendered.findings} == {Severity.WARNING}
    assert rendered.files == {"/srv/iomt/clip.mp4": ["film", "other"]}


def test_a_camera_at_a_usb_port_and_a_program_are_not_in_a_pod(tmp_path):
    program = "bell: {kind: MActuator, device: command, options: {run: [/usr/bin/ring, loud]}}"
    rendered = _made(tmp_path, [GATE, PEOPLE, program], ["gate -> people -> bell"])
    assert _told(rendered) == [
        (
            "target-device",
            Severity.ERROR,
            "gate needs /dev/video0 of its machine, and nothing says how a pod gets it",
            6,
        ),
        (
            "target-command",
            Severity.ERROR,
            f"bell runs /usr/bin/ring in a pod: {_IMAGE} has no such program, and no privileges",
            8,
        ),
    ]
    assert rendered.findings[0].help == (
        "add to a site of its own which machine it is and what a device plugin calls the file: "
        "{selector: {kubernetes.io/hostname: NAME}, devices: {/dev/video0: RESOURCE}}"
    )


def test_a_camera_at_a_usb_port_is_given_to_its_pod_by_a_device_plugin(tmp_path):
    machine = "selector: {kubernetes.io/hostname: pi-4}, devices: {/dev/video0: smarter-devices/video0}"
    rendered = _at_hall(tmp_path, machine)
    assert not rendered.findings
    pod = _objects(rendered)["Deployment", "gate"]["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"kubernetes.io/hostname": "pi-4"}
    assert pod["containers"][0]["resources"]["limits"]["smarter-devices/video0"] == "1"
    assert pod["securityContext"]["supplementalGroups"] == [44]
    assert "topologySpreadConstraints" not in pod


def test_a_camera_of_any_machine_is_a_warning(tmp_path):
    rendered = _at_hall(tmp_path, "devices: {/dev/video0: smarter-devices/video0}")
    message = "gate gets /dev/video0 of any machine of hall that has smarter-devices/video0"
    assert _told(rendered) == [("target-device", Severity.WARNING, message, 8)]


def _at_hall(folder, site):
    """A USB camera and a screen at a site."""
    text = graph_text([GATE.replace("}", ", site: hall}"), WALL], ["gate -> wall"])
    return _rendered(check_text(folder, text.replace("spec:\n", f"spec:\n  sites:\n    hall: {{{site}}}\n")))


@pytest.mark.parametrize(
    ("site", "message"),
    [
        ("selector: {zone: 'a b'}", "selector of hall: 'a b' is no value of a label"),
        ("taints: {'-x': 'yes'}", "taints of hall: '-x' is no key of a label"),
        ("prefers: {'A B/x': 'yes'}", "prefers of hall: 'A B/x' has no domain before its /"),
        (
            "devices: {/dev/video0: video}",
            "devices of hall: 'video' is no resource that a device plugin offers",
        ),
    ],
)
def test_what_kubernetes_would_not_take_of_a_site_is_told(tmp_path, site, message):
    (told, *_) = _told(_at_hall(tmp_path, site))
    assert told == ("target-label", Severity.ERROR, message, 6)


@pytest.mark.parametrize("resource", ["nvidia", "kubernetes.io/gpu", "nvidia.com/gpu 1"])
def test_what_is_no_resource_is_told(tmp_path, resource):
    people = PEOPLE.replace("}", f", gpu: {{count: 1, resource: {resource}}}}}")
    rendered = _made(tmp_path, [CAMERA, people], ["gate -> people"])
    assert [(each[0], each[3]) for each in _told(rendered)] == [("target-label", 7)]


def test_pods_go_where_their_site_says(tmp_path):
    site = "hall: {selector: {zone: hall}, prefers: {disk: ssd}, taints: {dedicated: cameras, noisy: ''}}"
    _, objects = _people_object(tmp_path, "site: hall", "gpu: 1", sites=f"  sites: {{{site}}}\n")
    pod = objects["Deployment", "people"]["spec"]["template"]["spec"]
    assert pod["nodeSelector"] == {"zone": "hall"}
    (preferred,) = pod["affinity"]["nodeAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert preferred["preference"]["matchExpressions"] == [
        {"key": "disk", "operator": "In", "values": ["ssd"]}
    ]
    assert pod["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "cameras"},
        {"key": "noisy", "operator": "Exists"},
        {"key": "nvidia.com/gpu", "operator": "Exists"},
    ]


def test_several_of_a_model_stay_apart_and_leave_one_at_a_time(tmp_path):
    _, objects = _people_object(tmp_path, "replicas: 2")
    budget = objects["PodDisruptionBudget", "people"]["spec"]
    selector = {"app.kubernetes.io/instance": "people", "app.kubernetes.io/part-of": "street"}
    assert (budget["maxUnavailable"], budget["selector"]["matchLabels"]) == (1, selector)
    (spread,) = objects["Deployment", "people"]["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert spread["labelSelector"]["matchLabels"] == selector
    assert ("PodDisruptionBudget", "gate") not in objects


def test_cameras_are_spread_over_machines(tmp_path):
    other = CAMERA.replace("gate", "yard")
    objects = _objects(_made(tmp_path, [CAMERA, other, WALL], ["gate -> wall", "yard -> wall"]))
    for name in ("gate", "yard"):
        (spread,) = objects["Deployment", name]["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert spread["topologyKey"] == "kubernetes.io/hostname"
        assert spread["labelSelector"]["matchLabels"] == {
            "app.kubernetes.io/part-of": "street",
            "app.kubernetes.io/component": "sensor",
        }


def test_a_model_is_given_time_to_finish_and_to_be_forgotten(tmp_path):
    _, objects = _people_object(tmp_path)
    pod = objects["Deployment", "people"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["lifecycle"]["preStop"] == {"sleep": {"seconds": 5}}
    assert pod["terminationGracePeriodSeconds"] == 50
    assert objects["Deployment", "gate"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] == 45


@pytest.mark.parametrize(("gpus", "away", "more"), [(1, 1, 0), (2, 0, 1)])
def test_a_new_pod_does_not_wait_for_a_graphics_processor_that_the_old_one_has(tmp_path, gpus, away, more):
    sites = f"  sites: {{hall: {{gpus: {gpus}}}}}\n"
    _, objects = _people_object(tmp_path, "site: hall", "gpu: 1", sites=sites)
    strategy = objects["Deployment", "people"]["spec"]["strategy"]
    assert strategy["rollingUpdate"] == {"maxUnavailable": away, "maxSurge": more}


@pytest.mark.parametrize("resource", ["nvidia.com/mig-1g.5gb", "nvidia.com/gpu.shared", "amd.com/gpu"])
def test_parts_of_graphics_processors_are_asked_for_by_their_names(tmp_path, resource):
    _, objects = _people_object(tmp_path, f"gpu: {{count: 1, resource: {resource}}}")
    pod = objects["Deployment", "people"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"][resource] == "1"


def test_what_was_measured_is_asked_for_and_the_graph_decides(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "street.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: Profiles\n"
        "spec:\n  people: {cores: 1.5, memory: 800Mi, startup: 100s}\n"
    )

    def container(*keys):
        _, objects = _people_object(tmp_path, *keys)
        return objects["Deployment", "people"]["spec"]["template"]["spec"]["containers"][0]

    assert container()["resources"] == {
        "requests": {"cpu": "1500m", "memory": "1000Mi", "ephemeral-storage": "64Mi"},
        "limits": {"memory": "1600Mi", "ephemeral-storage": "32Gi"},
    }
    assert container("resources: {memory: 1Gi}")["resources"] == {
        "requests": {"cpu": "1500m", "memory": "1Gi", "ephemeral-storage": "64Mi"},
        "limits": {"memory": "2Gi", "ephemeral-storage": "32Gi"},
    }
    startup = container()["startupProbe"]
    assert startup["periodSeconds"] * startup["failureThreshold"] == 400


def test_pull_secrets_and_priorities_are_on_every_pod():
    checked = check(str(_ROOT / "graphs" / "sorting-line.yaml"))
    choices = Choices(pull_secrets=("ghcr",), priorities={"": "site", "MSensor": "camera", "platform": "top"})
    objects = _objects(render(make(checked.resolved), checked.resolved, choices))
    pods = {
        name: each["spec"]["template"]["spec"]
        for (_, name), each in objects.items()
        if "template" in each.get("spec", {})
    }
    assert all(each["imagePullSecrets"] == [{"name": "ghcr"}] for each in pods.values())
    named = {name: each.get("priorityClassName") for name, each in pods.items()}
    assert (named["left"], named["lake"], named["nats"]) == ("camera", "site", "top")


def test_pods_of_the_broker_have_names_of_their_own():
    objects = _objects(_rendered(check(str(_ROOT / "graphs" / "sorting-line.yaml"))))
    for part in ("nats", "store"):
        assert objects["StatefulSet", part]["spec"]["serviceName"] == f"{part}-pods"
        headless = objects["Service", f"{part}-pods"]["spec"]
        assert headless["clusterIP"] == "None"
        assert headless["selector"] == objects["Service", part]["spec"]["selector"]


def test_a_device_of_the_users_own_must_be_installed_in_the_image(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "drone.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: MSensor\nmetadata: {name: drone}\nspec:\n  summary: A drone.\n"
        "  runtime: mine.cameras:Drone\n  produces:\n    frames: {media: [image/jpeg]}\n"
    )
    rendered = _made(tmp_path, ["up: {kind: MSensor, device: drone}", LAKE], ["up -> lake"])
    message = f"drone of up runs mine.cameras:Drone, which {_IMAGE} has not"
    assert _told(rendered) == [("target-file", Severity.WARNING, message, 6)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nats", "nats is the name of the broker's Service in the graph's namespace"),
        ("store", "store is the name of the object store's Service in the graph's namespace"),
        ("iomt-bootstrap", "iomt-bootstrap is the name of the bootstrap's settings in the graph's namespace"),
        (
            "iomt-observer",
            "iomt-observer is the name of who reads the broker's figures in the graph's namespace",
        ),
        ("2nd", "2nd begins with a digit, which many versions of Kubernetes refuse for a Service"),
    ],
)
def test_a_name_that_kubernetes_cannot_give_is_an_error(tmp_path, name, message):
    rendered = _made(tmp_path, [CAMERA, LAKE.replace("lake", f'"{name}"', 1)], [f"gate -> {name}"])
    errors = [each for each in _told(rendered) if each[1] is Severity.ERROR]
    assert errors == [("target-name", Severity.ERROR, message, 7)]


@pytest.mark.parametrize("name", ["default", "kube-system"])
def test_a_graph_does_not_take_a_namespace_of_kubernetes(tmp_path, name):
    text = HEAD.replace("street", name) + f"  nodes:\n    {CAMERA}\n    {LAKE}\n  links: [gate -> lake]\n"
    rendered = _rendered(check_text(tmp_path, text))
    assert [each.rule for each in rendered.findings if each.severity is Severity.ERROR] == ["target-name"]


def test_settings_that_no_config_map_can_hold_are_an_error(tmp_path):
    title = WALL.replace("}", f", options: {{title: {'x' * 2**20}}}}}")
    errors = [
        each
        for each in _told(_made(tmp_path, [CAMERA, title], ["gate -> wall"]))
        if each[1] is Severity.ERROR
    ]
    ((rule, _, message, line),) = errors
    assert (rule, line) == ("target-size", 7)
    assert message.startswith("the settings of wall are 1,04")
    assert message.endswith("bytes long; a ConfigMap holds 1,048,576")


def test_texts_that_yaml_readers_disagree_about_arrive_as_they_were_written(tmp_path):
    for title in ("on", "1.10", "0o7", "no", "a: b #c", "\u2028\x07 \U0001f6a8", "two\nlines"):
        wall = WALL.replace("}", f", options: {{title: {json.dumps(title, ensure_ascii=True)}}}}}")
        if "\U0001f6a8" in title:
            wall = wall.replace("\\ud83d\\udea8", "\\U0001f6a8")
        text = _objects(_made(tmp_path, [CAMERA, wall], ["gate -> wall"]))["ConfigMap", "wall"]["data"]
        assert Settings.from_json(text["settings.json"]).options["title"] == title


def _people_object(folder, *keys, sites=""):
    people = PEOPLE.removesuffix("}") + "".join(f", {each}" for each in keys) + "}"
    text = graph_text([CAMERA, people], ["gate -> people"]).replace("spec:\n", f"spec:\n{sites}")
    rendered = _rendered(check_text(folder, text))
    objects = _objects(rendered)
    for each in objects.values():
        kubernetes_validate.validate(each, _LATEST, strict=True)
    return rendered, objects


def test_resources_and_graphics_processors_are_those_of_the_graph(tmp_path):
    keys = ("resources: {cpu: 1500m, memory: 512Mi, limits: {cpu: 2, memory: 1G}}", "gpu: 2", "replicas: 3")
    _, objects = _people_object(tmp_path, *keys)
    spec = objects["Deployment", "people"]["spec"]
    assert spec["replicas"] == 3
    assert spec["template"]["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "1500m", "memory": "512Mi", "ephemeral-storage": "64Mi"},
        "limits": {
            "cpu": "2",
            "memory": "1000000000",
            "nvidia.com/gpu": "2",
            "ephemeral-storage": "32Gi",
        },
    }


def test_a_limit_alone_lowers_what_is_asked_for(tmp_path):
    _, objects = _people_object(tmp_path, "resources: {limits: {memory: 256Mi}}")
    container = objects["Deployment", "people"]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["requests"]["memory"] == "256Mi"


def test_a_site_is_its_machines(tmp_path):
    _, objects = _people_object(
        tmp_path, "site: hall", sites="  sites: {hall: {selector: {zone: hall, on: 'no'}}}\n"
    )
    spec = objects["Deployment", "people"]["spec"]["template"]["spec"]
    assert spec["nodeSelector"] == {"zone": "hall", "on": "no"}
    assert "nodeSelector" not in objects["Deployment", "gate"]["spec"]["template"]["spec"]


def test_scaling_by_cores_is_left_to_kubernetes(tmp_path):
    rendered, objects = _people_object(tmp_path, "autoscale: {min: 1, max: 4, cpu: 70%}")
    assert "replicas" not in objects["Deployment", "people"]["spec"]
    spec = objects["HorizontalPodAutoscaler", "people"]["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (1, 4)
    assert spec["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 70}
    assert "target-autoscale" not in {each[0] for each in _told(rendered)}  # they share its latest link


@pytest.mark.parametrize("by", ["lag: 20", "age: 2s"])
def test_scaling_by_messages_is_told_and_starts_the_least(tmp_path, by):
    rendered, objects = _people_object(tmp_path, f"autoscale: {{min: 2, max: 4, {by}}}")
    assert objects["Deployment", "people"]["spec"]["replicas"] == 2
    assert ("HorizontalPodAutoscaler", "people") not in objects
    (told,) = [each for each in rendered.findings if each.rule == "target-autoscale"]
    assert (told.severity, told.span.line) == (Severity.WARNING, 7)


def test_a_secret_is_mounted_by_its_name_and_never_in_the_settings(tmp_path):
    camera = "gate: {kind: MSensor, device: rtsp-camera, options: {url: {secret: gate/url}}}"
    objects = _objects(_made(tmp_path, [camera, LAKE], ["gate -> lake"]))
    assert '"secret": "gate/url"' in objects["ConfigMap", "gate"]["data"]["settings.json"]
    volumes = objects["Deployment", "gate"]["spec"]["template"]["spec"]["volumes"]
    (projected,) = [each["projected"] for each in volumes if each["name"] == "credentials"]
    assert projected["sources"] == [
        {"secret": {"name": "iomt-credentials.gate", "optional": True}},
        {
            "secret": {
                "name": "gate",
                "items": [{"key": "url", "path": "secrets/gate/url"}],
                "optional": True,
            }
        },
    ]
    for each in objects.values():
        kubernetes_validate.validate(each, _LATEST, strict=True)
