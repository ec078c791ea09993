"""`graphs/sorting-line.yaml` in a real cluster, from an empty one to an empty one: the tests go on from
each other, in this order. See README.md beside this file for what they need.
"""

import json
import re
import time

import pytest

from tests.browser import browser
from tests.testbed.cluster import ROOT, iomt, kubectl
from tests.testbed.line import forwarded, until

__all__ = ["browser"]

_REACHES = """
import socket
for port in (('nats', 4222), ('nats', 8222), ('store', 9000), ('wall', 80), ('right', 80)):
    try:
        socket.create_connection(port, 5).close()
        print(*port)
    except OSError:
        pass
"""
_SAYS = """
import asyncio, json
from pathlib import Path
import nats
told = json.loads(Path('/etc/iomt/settings.json').read_text())
user, word = (Path(told['credentials'], f'broker-{each}').read_text() for each in ('user', 'password'))
async def main():
    refused = []
    async def heard(error):
        refused.append(str(error))
    broker = await nats.connect(told['broker'], user=user, password=word, error_cb=heard)
    for subject in ('iomt.sorting-line.right.frames', '$JS.API.STREAM.DELETE.sorting-line_left_frames'):
        await broker.publish(subject, b'')
    await broker.subscribe('iomt.sorting-line.right.frames')
    await broker.flush()
    await asyncio.sleep(0.5)
    print(len([each for each in refused if 'permissions violation' in each]))
    await broker.close()
asyncio.run(main())
"""
_STRAYS = """
import io, json
from pathlib import Path
from minio import Minio
from minio.error import S3Error
told = json.loads(Path('/etc/iomt/settings.json').read_text())
user, key = (Path(told['credentials'], f'store-{each}-key').read_text() for each in ('access', 'secret'))
store = Minio(told['store'].partition('//')[2], user, key, secure=False, region='us-east-1')
other = 'sorting-line-findings'
for call in (
    lambda: list(store.list_objects(other)),
    lambda: store.get_object(other, 'x'),
    lambda: store.put_object(other, 'x', io.BytesIO(b'x'), 1),
):
    try:
        call()
        print('allowed')
    except S3Error as error:
        print(error.code)
"""


@pytest.fixture(scope="module")
def line(lines):
    return lines((ROOT / "graphs" / "sorting-line.yaml").read_text())


def test_a_dry_run_makes_nothing(line):
    done = line.apply("--dry-run")
    assert done.returncode == 0, done.stderr
    assert "52 created (dry run: nothing was written)" in done.stdout
    assert not kubectl("get", "namespace", line.namespace, "--ignore-not-found")


def test_a_broker_of_somebody_elses_needs_its_passwords(line):
    done = line.apply("--platform", "external")
    assert done.returncode == 2
    keys = ("broker-user", "broker-password", "store-access-key", "store-secret-key")
    lacking = ", ".join(f"no {key} in iomt-credentials" for key in keys)
    assert f"in namespace {line.namespace} there is {lacking}: make that Secret" in done.stderr
    assert not kubectl("get", "namespace", line.namespace, "--ignore-not-found")


def test_an_empty_cluster_gets_it_all_ready(line):
    begun = time.monotonic()
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"applied and ready in {time.monotonic() - begun:.1f} s")
    for node in ("left", "right", "lake", "shapes", "findings", "wall", "alarm", "nats", "store"):
        assert re.search(rf"^{node} +ready$", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == "61 created"


def test_status_shows_every_node_and_its_model(line):
    done = iomt("status", str(line.path), "--namespace", line.namespace, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = {each["name"]: each for each in json.loads(done.stdout)["nodes"]}
    assert set(found) == {*line.pods()}
    assert {each["state"] for each in found.values()} == {"ready"}
    assert found["shapes"]["model"] == "../devices/models/shapes-rtdetr"
    assert (found["shapes"]["ready"], found["shapes"]["wanted"]) == (1, 1)
    assert found["shapes"]["origin"] == "line.yaml:13"


def test_detections_are_in_the_log_and_the_alarm_fires(line):
    until(lambda: "count(red box) >= 3" in kubectl("-n", line.namespace, "logs", "deploy/alarm"))
    until(lambda: line.stored("findings") > 0)


def test_the_page_of_the_monitor_shows_both_cameras_through_a_port_forward(line, browser):
    with forwarded(line, "wall") as address:
        browser.get(address)

        def texts(selector):
            return [found.text for found in browser.find_elements("css selector", selector)]

        until(lambda: {*texts("h2")} >= {"left", "right"}, 60)
        until(lambda: any("red box" in each for each in texts(".found")), 60)
        assert texts("#state") == ["live"]


def test_a_device_may_do_in_the_cluster_what_its_links_ask_for_and_nothing_else(line):
    assert line.does("left", _REACHES).splitlines() == ["nats 4222"]
    assert line.does("lake", _REACHES).splitlines() == ["nats 4222", "store 9000"]
    assert line.does("left", _SAYS).split() == ["3"]
    assert line.does("lake", _STRAYS).split() == ["AccessDenied"] * 3


def test_an_apply_again_writes_nothing(line):
    before, pods = line.versions(), line.pods()
    done = line.apply("--prune")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "52 unchanged"
    assert (line.versions(), line.pods()) == (before, pods)


def test_every_frame_that_was_published_is_stored(line):
    """The clips are played to their end, so that there is an end to count at."""
    line.edit(", loop: true", "")
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "configmap/left" in done.stdout

    def ended(node):
        return json.loads(line.raw(line.pods()[node], 8080, "/readyz"))["state"] == "ended"

    until(lambda: ended("left") and ended("right"))
    cameras = [f"sorting-line_{node}_frames" for node in ("left", "right")]
    taken = sum(line.streams()[each] for each in cameras)
    assert taken > 100
    until(lambda: line.stored("lake") >= taken)
    assert line.stored("lake") == taken
    assert sum(line.streams()[each] for each in cameras) == taken


def test_a_changed_option_makes_one_new_pod(line):
    before = line.pods()
    line.edit("red box\\) >= 3", "red box) >= 2")
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    changed = [row for row in done.stdout.splitlines() if row.startswith("changed")]
    assert changed == ["changed   configmap/alarm", "changed   deployment/alarm"]
    after = line.pods()
    assert {node for node in before if before[node] != after[node]} == {"alarm"}


def test_what_was_lost_with_a_broker_without_a_volume_is_made_anew_by_an_apply(line):
    before = line.streams()
    kubectl("-n", line.namespace, "delete", "pod", "nats-0")
    until(lambda: "nats" in line.pods() and line.ready("nats"))
    assert line.streams() == {}
    assert re.search(r"^created +job/iomt-bootstrap-", line.applied(), re.MULTILINE)
    assert set(line.streams()) == set(before)


def test_what_a_person_changed_is_told_and_not_taken_back_unasked(line):
    kubectl("-n", line.namespace, "scale", "deployment/wall", "--replicas=2")
    done = line.apply("--no-wait")
    assert done.returncode == 1
    assert "refused: deployment/wall (line.yaml:15): spec.replicas is kubectl's" in done.stderr
    done = line.apply("--force-conflicts")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "changed   deployment/wall" in done.stdout


def test_an_image_that_is_not_there_is_told_with_the_line_of_the_graph(line):
    done = line.apply("--image", "analyzer=iomt-test/none:1", "--timeout", "8s")
    assert done.returncode == 1
    assert "not ready: shapes (line.yaml:13): image iomt-test/none:1: " in done.stderr
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_camera_that_left_the_graph_goes_with_prune_and_nothing_foreign_does(line):
    kubectl("-n", line.namespace, "create", "configmap", "foreign")
    before = line.pods()
    line.edit(" +right: .*\n", "")
    line.edit(r"\[left, right\]", "left")
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "left      deployment/right: not in the graph any more; --prune deletes it" in done.stdout
    assert line.pods()["right"] == before["right"]
    done = line.apply("--prune")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pruned    deployment/right" in done.stdout
    names = {name for _, name in line.versions()}
    assert "right" not in names
    assert "foreign" in names
    until(lambda: "right" not in line.pods())
    after = line.pods()
    untouched = {"left", "alarm", "findings", "store"}  # the broker has one user less
    assert {node: after[node] for node in untouched} == {node: before[node] for node in untouched}


def test_an_object_of_somebody_else_stops_it_before_anything_is_changed(line):
    line.edit("    alarm: ", "    foreign: ")
    line.edit(r"findings, alarm, wall", "findings, foreign, wall")
    before = line.versions()
    done = line.apply()
    assert done.returncode == 2
    assert f"configmap/foreign in namespace {line.namespace} is there and not of this graph" in done.stderr
    assert line.versions() == before


def test_delete_leaves_what_is_foreign_and_then_nothing(line):
    words = ["delete", str(line.path), "--namespace", line.namespace]
    done = iomt(*words)
    assert done.returncode == 1
    assert "say --yes" in done.stderr
    done = iomt(*words, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"namespace {line.namespace} stays: configmap/foreign" in done.stdout
    names = {name for _, name in line.versions()}
    assert names == {"foreign", "default", "kube-root-ca.crt"}
    kubectl("-n", line.namespace, "delete", "configmap", "foreign")
    done = iomt(*words, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"deleted   namespace/{line.namespace}" in done.stdout
    until(lambda: not kubectl("get", "namespace", line.namespace, "--ignore-not-found"))


def test_what_killed_applies_left_is_made_whole_by_the_next(line):
    line.edit("foreign", "alarm")
    ended = [line.apply("--no-wait", killed_after=seconds) for seconds in (0.6, 0.9, 1.2, 1.6, 2.0)]
    assert None in ended
    done = line.apply()
    assert done.returncode == 0, done.stdout + done.stderr
    done = line.apply("--prune")
    assert done.stdout.splitlines()[-1] == "47 unchanged"
    done = iomt("delete", str(line.path), "--namespace", line.namespace, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    until(lambda: not kubectl("get", "namespace", line.namespace, "--ignore-not-found"))
