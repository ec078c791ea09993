"""The Job that makes streams, consumers and buckets: the same program that `iomt run` starts first."""

import json
from collections.abc import Iterator, Mapping

from iomt.contract import names
from iomt.contract.provision import Provision, StoreUser, Stream
from iomt.plan.grants import GraphGrants
from iomt.plan.permissions import s3_policy
from iomt.plan.plan import Plan
from iomt.targets.kubernetes import config_files
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.config_files import config_maps, map_names
from iomt.targets.kubernetes.manifest import Manifest, Owner, manifest
from iomt.targets.kubernetes.place import BOOTSTRAP, SETTINGS_FOLDER, USERS_FOLDER, place, secret_of
from iomt.targets.kubernetes.pod import hash_of, pod_template
from iomt.targets.kubernetes.resources import with_disk

FILE = "provision"
COMPONENT = "bootstrap"
_KEPT_SECONDS = 24 * 3600
_RETRIES = 20
"""With Kubernetes' growing pauses about two hours: broker and store may come later."""


def bootstrap_manifests(
    plan: Plan, held: GraphGrants, choices: Choices, of_broker: Mapping[str, str]
) -> Iterator[Manifest]:
    """Settings and a Job; nothing where the graph needs no stream and no bucket.

    ``of_broker`` are the broker's files: where it is started anew for other users, it may have lost its
    streams with its pod, so that the Job has to run again.
    """
    streams = plan.streams
    if not (streams or plan.buckets):
        return
    owner = bootstrap_owner(plan, choices)
    parts = enumerate(_provision(plan, streams, held, choices).parts(config_files.ROOM))
    files = {f"{FILE}-{number}.json" if number else f"{FILE}.json": f"{part}\n" for number, part in parts}
    paths = [f"{SETTINGS_FOLDER}/{each}" for each in files]
    external = choices.platform == "external"
    users = [] if external else [each.name for each in held.at_store]
    yield manifest("v1", "ServiceAccount", owner, BOOTSTRAP, automountServiceAccountToken=False)
    yield from config_maps(owner, BOOTSTRAP, files)
    container = {
        "name": "bootstrap",
        "image": choices.image("device"),
        "command": ["python", "-m", "iomt.runtime.bootstrap", *paths],
        "env": [{"name": "HOME", "value": "/tmp"}],
        "resources": with_disk({"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}}),
    }
    template = pod_template(
        owner,
        container,
        config_maps=map_names(BOOTSTRAP, files),
        digest=hash_of("".join([*files.values(), *of_broker.values()])),
        credentials=secret_of(names.BOOTSTRAP, shared=external),
        users={name: secret_of(name, shared=False) for name in users},
        writable={"tmp": "/tmp"},
        pull_secrets=choices.pull_secrets,
        serviceAccountName=BOOTSTRAP,
        restartPolicy="OnFailure",
    )
    spec = {"backoffLimit": _RETRIES, "ttlSecondsAfterFinished": _KEPT_SECONDS, "template": template}
    # A Job cannot be changed, so one with other contents has another name and runs again.
    name = f"{BOOTSTRAP}-{hash_of(json.dumps(spec, sort_keys=True))}"
    yield manifest("batch/v1", "Job", owner, name, spec=spec)


def bootstrap_owner(plan: Plan, choices: Choices) -> Owner:
    """What its objects are made for: the graph as a whole."""
    return Owner(plan.graph, BOOTSTRAP, "iomt", COMPONENT, f"{plan.file}:1", choices.namespace)


def _provision(plan: Plan, streams: tuple[Stream, ...], held: GraphGrants, choices: Choices) -> Provision:
    where = place(choices.namespace)
    users = tuple(
        StoreUser(
            names.account(plan.graph, each.name),
            s3_policy(each),
            f"{where.credentials}/{USERS_FOLDER}/{each.name}",
        )
        for each in held.at_store
    )
    return Provision(
        graph=plan.graph,
        broker=where.broker if streams else "",
        store=where.store if plan.buckets else "",
        credentials=where.credentials,
        streams=streams,
        consumers=plan.consumers,
        buckets=plan.buckets,
        complete=True,
        users=users if users and choices.platform == "embedded" else None,
        replicas=choices.servers if choices.platform == "embedded" else 1,
    )
