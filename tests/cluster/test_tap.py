"""`iomt tap`: messages of a link as the source's pod serves them."""

import json

import pytest

from iomt.cli import FOUND_ERRORS, MISUSE, OK, main
from iomt.cluster import api as api_module
from iomt.cluster.tap import parts
from iomt.contract.envelope import Envelope
from tests.graphs import GATE, LAKE, WALL, graph_text


def _envelope(sequence):
    return Envelope("gate", "frames", 7, sequence, "gate", sequence, 1000 + sequence, "image/jpeg", 4, 3)


def _part(sequence, body):
    lines = ["--iomt-frame", *(f"{name}: {value}" for name, value in _envelope(sequence).headers().items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body + b"\r\n"


def test_messages_are_found_wherever_the_stream_is_cut():
    bodies = [b"one\r\n\r\ntwo", b"", b"--iomt-frame\r\n"]
    stream = b"".join(_part(at, body) for at, body in enumerate(bodies, 1))
    for size in (1, 7, 64, len(stream)):
        chunks = (stream[at : at + size] for at in range(0, len(stream), size))
        found = list(parts(chunks))
        assert [each.body for each in found] == bodies
        assert [each.envelope for each in found] == [_envelope(at) for at in (1, 2, 3)]


class _Cluster:
    """A pod of gate's that serves a newest frame and two that follow it, the newest again among them."""

    def get(self, path, **query):
        pod = {"name": "gate-1", "creationTimestamp": "x", "labels": {"app.kubernetes.io/instance": "gate"}}
        return {"items": [{"metadata": pod, "status": {"phase": "Running"}}]}

    def message(self, path):
        assert path == "/api/v1/namespaces/street/pods/gate-1:8080/proxy/ports/frames"
        return _envelope(5).headers(), b"five"

    def chunks(self, path, seconds=None):
        assert path.endswith("/ports/frames/stream")
        yield _part(5, b"five") + _part(6, b"six") + _part(7, b"seven")


@pytest.fixture
def tap(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(api_module, "connect", lambda context: _Cluster())
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE, WALL], ["gate -> [lake, wall]"]))

    def run(*words):
        code = main(["tap", str(path), *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_the_newest_message_is_shown_with_its_headers(tap):
    code, out, _ = tap("gate->lake")
    assert code == OK
    assert out.splitlines()[:4] == [
        "Iomt-Node: gate",
        "Iomt-Port: frames",
        "Iomt-Epoch: 7",
        "Iomt-Sequence: 5",
    ]
    assert "4 bytes: --save DIR keeps it" in out


def test_those_that_follow_are_saved_each_once_with_their_headers(tap, tmp_path):
    code, out, _ = tap(
        "gate.frames->lake.media", "-n", "3", "--json", "--save", str(tmp_path / "new" / "kept")
    )
    assert code == OK
    assert [json.loads(line)["headers"]["Iomt-Sequence"] for line in out.splitlines()] == ["5", "6", "7"]
    kept = tmp_path / "new" / "kept"
    assert (kept / "gate.frames-7-000000006.jpg").read_bytes() == b"six"
    assert json.loads((kept / "gate.frames-7-000000006.headers.json").read_text())["Iomt-Frame"] == "6"
    assert len(list(kept.iterdir())) == 6


def test_a_link_that_there_is_not_is_told_with_the_nearest(tap):
    code, _, err = tap("gate->lkae")
    assert code == MISUSE
    assert "there is no link gate->lkae: did you mean gate->lake?" in err


def test_a_source_without_a_pod_is_told_with_its_line(tap, monkeypatch):
    monkeypatch.setattr(_Cluster, "get", lambda self, path, **query: {"items": []})
    code, _, err = tap("gate->wall")
    assert code == FOUND_ERRORS
    assert "gate (" in err
    assert "graph.yaml:10) has no pod that runs" in err
