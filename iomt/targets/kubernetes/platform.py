"""What devices connect to, in the graph's own namespace: a NATS server and an S3 gateway, one pod each.

Both are the programs that `iomt run` starts (k8s/images/nats and store). What they are told is in the
manifests, but for passwords: these are in the Secrets that `iomt apply` makes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from iomt.contract import names
from iomt.contract.settings import BROKER_PASSWORD, STORE_ACCESS_KEY, STORE_SECRET_KEY
from iomt.plan.grants import GraphGrants
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.broker_files import CONFIG, variable
from iomt.targets.kubernetes.choices import PLATFORM_KIND, Choices
from iomt.targets.kubernetes.config_files import config_maps, config_volume, map_names
from iomt.targets.kubernetes.machines import apart
from iomt.targets.kubernetes.manifest import SETTINGS, Body, Manifest, Owner, manifest
from iomt.targets.kubernetes.place import (
    BROKER,
    BROKER_PORT,
    MONITOR_PORT,
    ROUTE_PORT,
    STORE,
    STORE_PORT,
    pods_of,
    secret_of,
)
from iomt.targets.kubernetes.pod import container_security, hash_of, pod_security, pulling
from iomt.targets.kubernetes.probes import probe
from iomt.targets.kubernetes.resources import with_disk
from iomt.targets.kubernetes.rollout import budget_manifest
from iomt.targets.kubernetes.servers import routes, variables
from iomt.targets.kubernetes.stores import DATA_FOLDER, PROGRAMS

COMPONENT = "platform"
_CONFIG_FOLDER = "/etc/nats"
_MEBIBYTES, _MEBIBYTES_A_NODE = 2048, 8
"""What broker and store may use at most, each."""
_GRACE_SECONDS = 30
"""Both need far less to end well."""


def platform_manifests(
    plan: Plan, held: GraphGrants, choices: Choices, files: Mapping[str, str]
) -> Iterator[Manifest]:
    """The broker where a device has one, the store where one has one; nothing for what is elsewhere.

    ``files`` are the broker's (`broker_files`).
    """
    if choices.platform == "external":
        return
    if any(device.broker for device in plan.devices):
        yield from _broker(plan, held, choices, files)
    if any(device.store for device in plan.devices):
        yield from _store(plan, choices)


def _broker(plan: Plan, held: GraphGrants, choices: Choices, files: Mapping[str, str]) -> Iterator[Manifest]:
    owner = platform_owner(plan, BROKER, choices)
    container: Body = {
        "name": "nats",
        "image": choices.image("nats"),
        "args": ["-c", f"{_CONFIG_FOLDER}/{CONFIG}"],
        "env": [_secret(variable(each.name), each.name, BROKER_PASSWORD) for each in held.at_broker],
        "ports": [_port("client", BROKER_PORT), _port("monitor", MONITOR_PORT)],
        "resources": _resources(plan, choices),
        "startupProbe": probe("/healthz", "monitor", period=1, failures=120),
        # Whether it serves clients; whether each stream has recovered is no reason to end it.
        "readinessProbe": probe("/healthz?js-server-only=true", "monitor", period=5, failures=2),
        "livenessProbe": probe("/healthz?js-enabled-only=true", "monitor", period=10, failures=6),
        "volumeMounts": [
            {"name": "config", "mountPath": _CONFIG_FOLDER, "readOnly": True},
            {"name": "data", "mountPath": DATA_FOLDER},
        ],
    }
    volumes = [{"name": "config", **config_volume(map_names(BROKER, files))}]
    together: Body = {}
    if choices.servers > 1:
        container["args"] += routes(held.graph, choices)
        container["env"] += variables()
        container["ports"].append(_port("routes", ROUTE_PORT))
        together = {"replicas": choices.servers, "podManagementPolicy": "Parallel"}
        yield budget_manifest(owner)
    yield from _account_and_service(owner, {"client": BROKER_PORT, "monitor": MONITOR_PORT})
    yield from config_maps(owner, BROKER, files)
    made = _stateful(owner, [container], [], volumes, "".join(files.values()), choices)
    made.body["spec"] |= together
    if together:
        made.body["spec"]["template"]["spec"]["topologySpreadConstraints"] = [apart(owner.selector)]
    yield made


def _store(plan: Plan, choices: Choices) -> Iterator[Manifest]:
    owner = platform_owner(plan, STORE, choices)
    mounts = [{"name": "data", "mountPath": DATA_FOLDER}, {"name": "tmp", "mountPath": "/tmp"}]
    shared: Body = {"image": choices.image("store"), "volumeMounts": mounts}
    home = {"name": "HOME", "value": "/tmp"}
    program = PROGRAMS[choices.store]
    prepare = {
        "name": "format",
        **shared,
        "args": list(program.prepare),
        "env": [home],
        "resources": _resources(plan, choices),
    }
    container = {
        "name": "store",
        **shared,
        "args": list(program.serve),
        "env": [
            home,
            _secret("MINIO_ROOT_USER", names.BOOTSTRAP, STORE_ACCESS_KEY),
            _secret("MINIO_ROOT_PASSWORD", names.BOOTSTRAP, STORE_SECRET_KEY),
        ],
        "ports": [_port("s3", STORE_PORT)],
        "resources": _resources(plan, choices),
        "startupProbe": probe("/minio/health/live", "s3", period=1, failures=120),
        "readinessProbe": probe("/minio/health/ready", "s3", period=5, failures=2),
        "livenessProbe": probe("/minio/health/live", "s3", period=10, failures=6),
    }
    yield from _account_and_service(owner, {"s3": STORE_PORT})
    yield _stateful(
        owner,
        [container],
        [prepare] if program.prepare else [],
        [{"name": "tmp", "emptyDir": {}}],
        "",
        choices,
    )


def platform_owner(plan: Plan, name: str, choices: Choices) -> Owner:
    """The broker, the store, or what else must be there before all devices."""
    return Owner(plan.graph, name, name, COMPONENT, f"{plan.file}:1", choices.namespace)


def _resources(plan: Plan, choices: Choices) -> Body:
    most = _MEBIBYTES + _MEBIBYTES_A_NODE * len(plan.devices)
    found = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": f"{most}Mi"}}
    # Without a volume all that they keep is on the machine's disk.
    return with_disk(found) if choices.volume else found


def _account_and_service(owner: Owner, ports: dict[str, int]) -> Iterator[Manifest]:
    """Two Services: what clients know, whose address stays while a pod is away; and the pods' own names."""
    yield manifest("v1", "ServiceAccount", owner, owner.name, automountServiceAccountToken=False)
    named = [
        {"name": name, "port": port, "targetPort": name, "protocol": "TCP"} for name, port in ports.items()
    ]
    spec: Body = {"type": "ClusterIP", "selector": owner.selector, "ports": named}
    yield manifest("v1", "Service", owner, owner.name, spec=spec)
    each_pod = {**spec, "clusterIP": "None", "publishNotReadyAddresses": True}
    yield manifest(
        "v1", "Service", owner._replace(name=pods_of(owner.name)), pods_of(owner.name), spec=each_pod
    )


def _stateful(
    owner: Owner,
    containers: list[Body],
    before: list[Body],
    volumes: list[Body],
    content: str,
    choices: Choices,
) -> Manifest:
    annotations = {SETTINGS: hash_of(content)} if content else {}
    secured = [{**each, "securityContext": container_security()} for each in (*before, *containers)]
    pod: Body = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        **pulling(choices.pull_secrets),
        "serviceAccountName": owner.name,
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "securityContext": pod_security(),
    }
    if priority := choices.priority_of(PLATFORM_KIND):
        pod["priorityClassName"] = priority
    if before:
        pod["initContainers"] = secured[: len(before)]
    pod |= {"containers": secured[len(before) :], "volumes": volumes}
    spec: dict[str, Any] = {
        "replicas": 1,
        "serviceName": pods_of(owner.name),
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": owner.selector},
        "template": {"metadata": {"labels": owner.labels, "annotations": annotations}, "spec": pod},
    }
    if choices.volume:
        spec["volumeClaimTemplates"] = [_claim(owner, choices.volume)]
    else:
        volumes.append({"name": "data", "emptyDir": {}})
    return manifest("apps/v1", "StatefulSet", owner, owner.name, spec=spec)


def _claim(owner: Owner, size: str) -> Body:
    """Of the cluster's default storage class. It outlives the StatefulSet, and is never changed."""
    return {
        "metadata": {"name": "data", "labels": owner.labels},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}},
    }


def _secret(variable: str, party: str, key: str) -> Body:
    named = {"name": secret_of(party, shared=False), "key": key}
    return {"name": variable, "valueFrom": {"secretKeyRef": named}}


def _port(name: str, number: int) -> Body:
    return {"name": name, "containerPort": number, "protocol": "TCP"}
