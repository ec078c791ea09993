"""A graph in a namespace of its own on a real API server; pods need not run there."""

import json
import os
import shutil
import subprocess

import pytest

from iomt.cli import main
from tests.graphs import GATE, LAKE, WALL, graph_text

KUBECONFIG = os.environ.get("IOMT_TEST_KUBECONFIG", "")
KUBECTL = shutil.which(os.environ.get("IOMT_TEST_KUBECTL", "kubectl"))
NEEDED = [
    pytest.mark.skipif(not KUBECONFIG, reason="IOMT_TEST_KUBECONFIG names no API server"),
    pytest.mark.skipif(not KUBECTL, reason="there is no kubectl: put it on PATH or into IOMT_TEST_KUBECTL"),
]


def kubectl(*words, kubeconfig=KUBECONFIG, stdin=None):
    """Run it; returns what it prints."""
    command = [KUBECTL, "--kubeconfig", kubeconfig, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, input=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Street:
    """A camera, a lake and a screen: graph `NAME` in namespace `NAME`, which nothing else has."""

    def __init__(self, folder, name, capsys):
        self.name = name
        self.path = folder / "street.yaml"
        self._capsys = capsys
        text = graph_text([GATE, LAKE, WALL], ["gate -> [lake, wall]"])
        self.path.write_text(text.replace("name: street", f"name: {name}"))

    def edit(self, old, new):
        """Change the graph's file."""
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))

    def iomt(self, verb, *words):
        """Run a verb on the graph; its exit code, standard output and standard error."""
        code = main([verb, str(self.path), *words])
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def apply(self, *words):
        """Apply without waiting, since no pod may ever run; returns what is printed."""
        code, out, err = self.iomt("apply", "--no-wait", *words)
        assert code == 0, out + err
        return out

    def kubectl(self, *words, **options):
        """In the graph's namespace."""
        return kubectl("-n", self.name, *words, **options)

    def object(self, what):
        """One object as the API server has it."""
        return json.loads(self.kubectl("get", what, "-o", "json"))

    def versions(self):
        """What tells whether something was written: of workloads the generation, their status goes on."""
        found = {}
        for kinds, said in (
            ("serviceaccounts,configmaps,secrets,services,networkpolicies", "resourceVersion"),
            ("deployments,statefulsets,jobs", "generation"),
        ):
            for each in json.loads(self.kubectl("get", kinds, "-o", "json"))["items"]:
                found[each["kind"], each["metadata"]["name"]] = each["metadata"].get(said)
        return found
