"""NetworkPolicies of random graphs as an independent analyzer reads them, against the links.

The analyzer is PyPI's network-config-analyzer (np-guard), whose `nca` is looked for on PATH or named by
IOMT_TEST_NCA. It wants other versions of libraries than ours, so give it an environment of its own.
"""

import os
import re
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iomt.plan.make import make
from iomt.targets.kubernetes import render
from iomt.targets.kubernetes.choices import Choices
from iomt.targets.yaml_text import document
from tests import grants_oracle as oracle
from tests.graphs import check_text, graph_text
from tests.local.test_grants_of_forty import forty_lines
from tests.plan.test_grants import graph_texts

_NCA = shutil.which(os.environ.get("IOMT_TEST_NCA", "nca"))
_LINE = re.compile(r"^(\S+) => (\S+) : (.*)$", re.MULTILINE)
_PORTS = re.compile(r"\{protocols:TCP,dst_ports:([\d,]+)\}")
_READ = {"Namespace", "NetworkPolicy", "Deployment", "StatefulSet", "Job"}
_EVERY_ADDRESS = "0.0.0.0-255.255.255.255"
pytestmark = [
    pytest.mark.skipif(
        not _NCA, reason="there is no nca: install network-config-analyzer, see the docstring"
    ),
    pytest.mark.slow,
]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(graph_texts(), min_size=6, max_size=6))
def test_an_analyzer_sees_the_connections_that_links_ask_for(tmp_path_factory, texts):
    """Each graph in a namespace of its own, so that none reaches into another is seen too."""
    folder = tmp_path_factory.mktemp("graphs")
    plans = {}
    for number, text in enumerate(texts):
        plans[f"site{number}"] = _written(folder, text, f"site{number}")
    _compare(folder, plans)


def test_an_analyzer_sees_what_forty_nodes_may(tmp_path):
    _compare(tmp_path, {"forty": _written(tmp_path, graph_text(*forty_lines()), "forty")})


def _written(folder, text, namespace):
    checked = check_text(folder, text)
    rendered = render(make(checked.resolved), checked.resolved, Choices(namespace=namespace))
    bodies = [each.body for each in rendered.manifests if each.body["kind"] in _READ]
    (folder / f"{namespace}.yaml").write_text("---\n".join(document(each) for each in bodies))
    (folder / "graph.yaml").unlink()
    return rendered.plan


def _compare(folder, plans):
    """All pairs of pods of all graphs, and every address outside."""
    seen = _seen(folder)
    pods = {
        (namespace, name): name
        for namespace, plan in plans.items()
        for name in (*(device.name for device in plan.devices), "nats", "store", "iomt-bootstrap")
    }
    for source in pods:
        for target in pods:
            meant = set()
            if source[0] == target[0] and source != target:
                plan = plans[source[0]]
                meant = {
                    port
                    for port in (4222, 8080, 9000)
                    if oracle.may_connect(plan, source[1], target[1], port)
                }
            assert seen.pop((source, target), set()) == meant, (source, target)
    hubs = {(space, each.name) for space, plan in plans.items() for each in plan.devices if each.model}
    outside = {key: ports for key, ports in seen.items() if key[1] == _EVERY_ADDRESS}
    assert outside == {(hub, _EVERY_ADDRESS): {443} for hub in hubs}
    assert not [key for key in seen if key[0] == _EVERY_ADDRESS]


def _seen(folder):
    """TCP ports by both ends, the cluster's own pods left out."""
    command = [_NCA, "--connectivity", str(folder), "-r", str(folder), "--output_endpoints", "pods"]
    done = subprocess.run(
        [*command, "-o", "txt_no_fw_rules", "--return_0"], capture_output=True, text=True, check=True
    )
    found = {}
    for source, target, what in _LINE.findall(done.stdout):
        ends = _end(source), _end(target)
        if all(ends):
            (ports,) = _PORTS.findall(what)
            found[ends] = {int(each) for each in ports.split(",")}
    assert found or "Total run time" in done.stdout, done.stderr
    return found


def _end(text):
    """A node with its namespace, every address, or nothing: a pod of the cluster's own."""
    if text == _EVERY_ADDRESS:
        return text
    namespace, _, pod = text.partition("/")
    if namespace.startswith("kube-") or not pod:
        return None
    return namespace, re.sub(r"^(iomt-bootstrap)-.*|-1$", r"\1", pod)
