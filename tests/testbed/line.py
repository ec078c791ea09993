"""One graph in a namespace of its own, and what can be seen of it from outside."""

import json
import re
import secrets
import subprocess
import time
from contextlib import contextmanager
from typing import NamedTuple

from tests.testbed.cluster import KUBECONFIG, KUBECTL, ROOT, iomt, kubectl, objects

MADE = "networkpolicies,serviceaccounts,configmaps,secrets,services,deployments,statefulsets,jobs"
_KEYS = """
import json
from pathlib import Path
from minio import Minio
told = json.loads(Path('/etc/iomt/settings.json').read_text())
user, key = (Path(told['credentials'], f'store-{each}-key').read_text() for each in ('access', 'secret'))
store = Minio(told['store'].partition('//')[2], user, key, secure=False, region='us-east-1')
for each in store.list_objects(told['bucket'], recursive=True):
    print(each.object_name)
"""
_RESULTS = """
import json
from pathlib import Path
from minio import Minio
told = json.loads(Path('/etc/iomt/settings.json').read_text())
user, key = (Path(told['credentials'], f'store-{each}-key').read_text() for each in ('access', 'secret'))
store = Minio(told['store'].partition('//')[2], user, key, secure=False, region='us-east-1')
for each in store.list_objects(told['bucket'], recursive=True):
    for row in store.get_object(told['bucket'], each.object_name).data.splitlines():
        found = json.loads(row)
        print(found['source'], found['frame'], found['captured_ns'], found['model'], found['seconds'])
"""


class Result(NamedTuple):
    """What one line of a result-log says, but for what was found."""

    source: str
    frame: int
    captured_ns: int
    model: str
    seconds: float


class Line:
    """A graph file that is edited and applied; ``volume`` as `--volume` takes it."""

    def __init__(self, folder, text, images, volume="none", namespace=None):
        self.namespace = namespace or f"iomt-test-{secrets.token_hex(4)}"
        (folder / "graphs").mkdir(parents=True)
        (folder / "devices").symlink_to(ROOT / "devices")
        (folder / "graphs" / "media").symlink_to(ROOT / "graphs" / "media")
        self.path = folder / "graphs" / "line.yaml"
        self.path.write_text(text)
        self.images = images
        self.volume = volume

    def run(self, verb, *words, killed_after=None):
        here = ["--namespace", self.namespace, "--volume", self.volume, *self.images]
        return iomt(verb, str(self.path), *here, *words, killed_after=killed_after)

    def apply(self, *words, killed_after=None):
        return self.run("apply", *words, killed_after=killed_after)

    def shown(self, verb, *words, returncode=0):
        """What a verb that takes the arguments of `iomt apply` prints."""
        done = self.run(verb, *words)
        assert done.returncode == returncode, done.stdout + done.stderr
        return done.stdout

    def applied(self, *words):
        """What it prints; it has to succeed."""
        done = self.apply(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def edit(self, old, new):
        text = self.path.read_text()
        assert re.search(old, text)
        self.path.write_text(re.sub(old, new, text))

    def versions(self):
        return {
            (each["kind"], each["metadata"]["name"]): each["metadata"]["resourceVersion"]
            for each in objects(self.namespace, MADE)
        }

    def pods(self):
        """Names of the devices' pods, by node."""
        return {
            each["metadata"]["labels"]["app.kubernetes.io/instance"]: each["metadata"]["name"]
            for each in objects(self.namespace, "pods")
            if "deletionTimestamp" not in each["metadata"]
        }

    def ready(self, node):
        """Whether all pods of a node are."""
        conditions = [
            {each["type"]: each["status"] for each in pod["status"].get("conditions", ())}
            for pod in objects(self.namespace, "pods")
            if pod["metadata"]["labels"]["app.kubernetes.io/instance"] == node
        ]
        return all(each.get("Ready") == "True" for each in conditions)

    def raw(self, pod, port, path):
        return kubectl("get", "--raw", f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{port}/proxy{path}")

    def does(self, node, program):
        """What a program prints that runs in a device's pod, with all that the device has."""
        return kubectl("-n", self.namespace, "exec", f"deploy/{node}", "--", "python", "-c", program)

    def keys(self, node):
        """Keys of the objects in the bucket of a storage, in their order."""
        return self.does(node, _KEYS).splitlines()

    def stored(self, node):
        """Objects in the bucket of a storage."""
        return len(self.keys(node))

    def results(self, node):
        """All lines of a result-log, by capture time."""
        rows = (row.split() for row in self.does(node, _RESULTS).splitlines())
        made = [Result(row[0], int(row[1]), int(row[2]), row[3], float(row[4])) for row in rows]
        return sorted(made, key=lambda each: each.captured_ns)

    def streams(self):
        """Messages that each stream ever took."""
        told = json.loads(self.raw("nats-0", 8222, "/jsz?streams=true"))
        accounts = told.get("account_details", ())
        found = [each for account in accounts for each in account.get("stream_detail", ())]
        return {each["name"]: each["state"]["last_seq"] for each in found}

    def metrics(self, node):
        """What a device counts, by Prometheus' name and labels."""
        shown = self.raw(self.pods()[node], 8080, "/metrics")
        rows = (row.rpartition(" ") for row in shown.splitlines() if not row.startswith("#"))
        return {name: float(value) for name, _, value in rows}

    def end(self):
        kubectl("delete", "namespace", self.namespace, "--ignore-not-found", "--wait=false")


def until(condition, seconds=120):
    """Wait for it; returns the seconds it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.5)
    return time.monotonic() - begun


@contextmanager
def forwarded(line, node):
    """The address of a device's page, through `kubectl port-forward`."""
    command = [KUBECTL, "--kubeconfig", KUBECONFIG, "-n", line.namespace]
    process = subprocess.Popen(
        [*command, "port-forward", f"deployment/{node}", ":8080"], stdout=subprocess.PIPE, text=True
    )
    try:
        told = re.match(r"Forwarding from (127\.0\.0\.1:\d+)", process.stdout.readline())
        assert told
        yield f"http://{told[1]}/"
    finally:
        process.terminate()
        process.wait()
