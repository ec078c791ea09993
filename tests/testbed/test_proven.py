"""`iomt prove` on forty nodes: what links allow works, nothing else does, and what people widen is found."""

import json
import time
from base64 import b64decode

import pytest

from tests.testbed.cluster import iomt, kubectl, objects
from tests.testbed.line import until

_TEXT = """\
apiVersion: iomt.dev/v1
kind: DeviceGraph
metadata: {name: forty}
spec:
  templates:
    MSensor: {resources: {cpu: 5m}}
    MAnalyzer: {resources: {cpu: 5m}}
    MStorage: {resources: {cpu: 5m}}
    MActuator: {resources: {cpu: 5m}}
  nodes:
    cam:
      kind: MSensor
      device: video-file
      each: 0..15
      options: {path: media/conveyor-a.mp4, rate: 1}
    eye: {kind: MAnalyzer, model: ../devices/models/digits-resnet, each: 0..2}
    small: {kind: MAnalyzer, device: resize, each: 0..4, options: {size: 160x120}}
    lake: {kind: MStorage, device: object-lake, each: 0..3}
    log: {kind: MStorage, device: result-log, each: 0..3}
    bell: {kind: MActuator, device: log, each: 0..3, options: {when: count(1) >= 1}}
    wall: {kind: MActuator, device: monitor, each: 0..3}
  links:
    - "[cam-0, cam-1, cam-2, cam-3] -> lake-0"
    - "[cam-4, cam-5, cam-6] -> lake-1"
    - "[cam-7, cam-8] -> lake-2"
    - "cam-8 -> eye-0 -> [log-0, bell-0, wall-0]"
    - "cam-9 -> eye-1 -> [log-1, log-2, bell-1, bell-2]"
    - {from: lake-0, to: eye-2, transport: bucket, max_rate: 1/s}
    - "eye-2 -> [log-3, bell-3]"
    - "cam-10 -> small-0 -> wall-0"
    - "cam-11 -> small-1 -> lake-3"
    - "cam-12 -> small-2 -> wall-1"
    - "cam-13 -> small-3 -> small-4 -> wall-2"
    - {from: [cam-14, cam-15], to: wall-3, transport: http}
"""
_WIDEN = """
import json, sys
from pathlib import Path
from minio import MinioAdmin
from minio.credentials import StaticProvider
keys = StaticProvider(*json.loads(sys.argv[1]))
admin = MinioAdmin(endpoint='store:9000', credentials=keys, region='us-east-1', secure=False)
policy = json.loads(admin.policy_info('forty.log-0'))
policy = policy.get('Policy', policy)
resource = ['arn:aws:s3:::forty-lake-3/*']
policy['Statement'].append({'Effect': 'Allow', 'Action': ['s3:PutObject'], 'Resource': resource})
admin.policy_add('forty.log-0', policy=policy)
"""


@pytest.fixture(scope="module")
def forty(lines):
    made = lines(_TEXT)
    begun = time.monotonic()
    made.applied()
    print(f"40 nodes ready in {time.monotonic() - begun:.1f} s")
    return made


def _prove(forty):
    """Whether it was content, how many tries there were, what went otherwise than planned, and its words."""
    begun = time.monotonic()
    done = iomt("prove", str(forty.path), "--namespace", forty.namespace, "--json")
    tries = json.loads(done.stdout)
    print(f"{len(tries)} tries in {time.monotonic() - begun:.1f} s")
    wrong = {(each["node"], each["way"], each["what"]) for each in tries if not each["as_planned"]}
    return done.returncode, len(tries), wrong, done.stderr


def test_every_device_can_do_what_its_links_say_and_nothing_else_and_nothing_is_left(forty):
    assert _prove(forty)[:3] == (0, 10_800, set())
    names = [each["metadata"]["name"] for each in objects(forty.namespace, "pods")]
    assert len(names) == 43  # devices, broker, store, and the bootstrap that has ended
    assert not [each for each in names if "probe" in each]
    assert not [each for each in forty.keys("lake-3") if "probe" in each]


def test_a_policy_that_is_gone_and_what_is_wider_at_broker_and_store_are_found_and_named(forty):
    kubectl("-n", forty.namespace, "delete", "networkpolicy", "bell-3", "iomt-default-deny")
    _widen_at_store(forty)
    _widen_at_broker(forty)
    to_walls = {("bell-3", "connect", f"wall-{number}:8080") for number in range(4)}
    at_store = ("log-0", "objects", "put forty-lake-3")
    at_broker = ("cam-10", "publish", "iomt.forty.cam-11.frames")
    returncode, _, wrong, told = _prove(forty)
    assert (returncode, wrong) == (1, {*to_walls, at_store, at_broker})
    for what in (
        "bell-3 can connect to wall-0:8080",
        "log-0 can put forty-lake-3",
        "cam-10 can publish on iomt.forty.cam-11.frames",
    ):
        assert f"{what}, and no link says so" in told


def _widen_at_store(forty):
    (secret,) = (
        each["data"]
        for each in objects(forty.namespace, "secrets")
        if each["metadata"]["name"] == "iomt-credentials.iomt-bootstrap"
    )
    keys = json.dumps([b64decode(secret[f"store-{each}-key"]).decode() for each in ("access", "secret")])
    kubectl("-n", forty.namespace, "exec", "deploy/lake-0", "--", "python", "-c", _WIDEN, keys)


def _widen_at_broker(forty):
    """Its users are read when it starts."""
    (told,) = (each for each in objects(forty.namespace, "configmaps") if each["metadata"]["name"] == "nats")
    allowed = '{"allow": ["iomt.forty.cam-10.frames"]}'
    text = told["data"]["nats.conf"]
    (row,) = (each for each in text.splitlines() if f'"publish": {allowed}' in each)
    wider = row.replace(allowed, '{"allow": ["iomt.forty.cam-10.frames", "iomt.forty.cam-11.*"]}')
    text = text.replace(row, wider)
    patch = json.dumps({"data": {"nats.conf": text}})
    kubectl("-n", forty.namespace, "patch", "configmap/nats", "--type=merge", "-p", patch)
    kubectl("-n", forty.namespace, "delete", "pod", "nats-0")
    until(lambda: "nats" in forty.pods() and forty.ready("nats"))
