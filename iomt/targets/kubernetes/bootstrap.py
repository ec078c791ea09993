"""The Job that makes streams, consumers and buckets: the same program that `iomt run` starts first."""

import json
from collections.abc import Iterator

from iomt.contract.provision import Provision
from iomt.plan.plan import Plan
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.kubernetes.manifest import Manifest, Owner, manifest
from iomt.targets.kubernetes.place import BOOTSTRAP, SETTINGS_FOLDER, place
from iomt.targets.kubernetes.pod import hash_of, pod_template

FILE = "provision.json"
_KEPT_SECONDS = 24 * 3600
_RETRIES = 20
"""With Kubernetes' growing pauses about two hours: broker and store may come later."""


def bootstrap_manifests(plan: Plan, choices: Choices) -> Iterator[Manifest]:
    """A ConfigMap and a Job; nothing where the graph needs no stream and no bucket."""
    if not (plan.streams or plan.buckets):
        return
    owner = bootstrap_owner(plan, choices)
    text = _provision(plan, choices)
    yield manifest("v1", "ServiceAccount", owner, BOOTSTRAP, automountServiceAccountToken=False)
    yield manifest("v1", "ConfigMap", owner, BOOTSTRAP, data={FILE: text})
    container = {
        "name": "bootstrap",
        "image": choices.image("device"),
        "command": ["python", "-m", "iomt.runtime.bootstrap", f"{SETTINGS_FOLDER}/{FILE}"],
        "env": [{"name": "HOME", "value": "/tmp"}],
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
    }
    template = pod_template(
        owner,
        container,
        config_map=BOOTSTRAP,
        content=text,
        credentials=True,
        writable={"tmp": "/tmp"},
        serviceAccountName=BOOTSTRAP,
        restartPolicy="OnFailure",
    )
    spec = {"backoffLimit": _RETRIES, "ttlSecondsAfterFinished": _KEPT_SECONDS, "template": template}
    # A Job cannot be changed, so one with other contents has another name and runs again.
    name = f"{BOOTSTRAP}-{hash_of(json.dumps(spec, sort_keys=True))}"
    yield manifest("batch/v1", "Job", owner, name, spec=spec)


def bootstrap_owner(plan: Plan, choices: Choices) -> Owner:
    """What its objects are made for: the graph as a whole."""
    return Owner(plan.graph, BOOTSTRAP, "iomt", "bootstrap", f"{plan.file}:1", choices.namespace)


def _provision(plan: Plan, choices: Choices) -> str:
    where = place(choices.namespace)
    wanted = Provision(
        graph=plan.graph,
        broker=where.broker if plan.streams else "",
        store=where.store if plan.buckets else "",
        credentials=where.credentials,
        streams=plan.streams,
        consumers=plan.consumers,
        buckets=plan.buckets,
        complete=True,
    )
    return wanted.to_json() + "\n"
