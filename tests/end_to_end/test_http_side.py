"""The HTTP side of every device of a running graph: what it is, its newest item, its counts, its action."""

import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from iomt.contract import http
from iomt.contract.media import DETECTIONS, JPEG
from tests.end_to_end.running import ROOT, Running, running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
GRAPH = ROOT / "graphs" / "sorting-line.yaml"
NODES = ("left", "right", "lake", "shapes", "findings", "wall", "alarm")


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str, bytes]:
    """Status, content type and body; a refusal is an answer too."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, names), timeout=20) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers.get("Content-Type", ""), refusal.read()


def ask_json(url: str, body: bytes | None = None, **headers: str) -> Any:
    status, _, answer = ask(url, body, **headers)
    assert status == 200, answer
    return json.loads(answer)


def first_parts(url: str, count: int) -> list[tuple[dict[str, str], bytes]]:
    """So many parts of an endless multipart stream."""
    parts = []
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.headers["Content-Type"] == f"multipart/x-mixed-replace; boundary={http.BOUNDARY}"
        while len(parts) < count:
            assert answer.readline() == f"--{http.BOUNDARY}\r\n".encode()
            headers = {}
            while line := answer.readline().strip().decode():
                name, _, value = line.partition(": ")
                headers[name] = value
            parts.append((headers, answer.read(int(headers["Content-Length"]))))
            assert answer.readline() == b"\r\n"
    return parts


def urls(data: Path) -> dict[str, str]:
    """Where each node of a run listens."""
    found = {}
    for name in NODES:
        settings = json.loads((data / "nodes" / name / "settings.json").read_text())
        found[name] = f"http://{settings['host']}:{settings['http_port']}"
    return found


def test_every_device_of_a_running_graph_answers_over_http(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(GRAPH, "--data", str(data)) as run:
        run.started()
        run.logged("alarm", "count(red box) >= 3")
        url = urls(data)
        every_device_says_what_it_is_and_counts(url)
        the_camera_gives_its_newest_frame_and_a_stream(url["left"])
        the_model_answers_a_posted_picture(url)
        the_lake_lists_and_gives_its_objects(url["lake"])
        the_alarm_acts_when_asked(run, url["alarm"])
        summary = run.end()
        assert summary["faults"] == []
        assert run.process.returncode == 0


def every_device_says_what_it_is_and_counts(url: dict[str, str]) -> None:
    for name in NODES:
        thing = ask_json(url[name] + http.THING)
        assert (thing["graph"], thing["name"]) == ("sorting-line", name)
        assert {http.THING, http.METRICS, http.READY, http.ALIVE} <= set(thing["paths"])
        assert ask_json(url[name] + http.READY) == {"ready": True, "state": "running", "detail": ""}
        assert ask(url[name] + http.ALIVE)[0] == 200
        status, media_type, page = ask(url[name] + http.METRICS)
        assert (status, media_type.split(";")[0]) == (200, "text/plain")
        families = {family.name for family in text_string_to_metric_families(page.decode())}
        assert "iomt_process_starts" in families
    left = ask_json(url["left"] + http.THING)
    assert (left["kind"], left["device"], left["accepts"]) == ("MSensor", "video-file", [])
    assert left["produces"] == [
        {"port": "frames", "media": JPEG, "newest": "/ports/frames", "stream": "/ports/frames/stream"}
    ]
    shapes = ask_json(url["shapes"] + http.THING)
    assert {each["from"] for each in shapes["accepts"]} == {"left", "right"}
    assert http.ANALYZE in shapes["paths"]
    assert http.ACTUATE in ask_json(url["alarm"] + http.THING)["paths"]
    assert http.OBJECTS in ask_json(url["lake"] + http.THING)["paths"]


def the_camera_gives_its_newest_frame_and_a_stream(camera: str) -> None:
    status, media_type, body = ask(camera + http.newest("frames"))
    assert (status, media_type) == (200, JPEG)
    size = Image.open(io.BytesIO(body)).size
    parts = first_parts(camera + http.stream("frames"), 5)
    sequences = [int(headers["Iomt-Sequence"]) for headers, _ in parts]
    assert sequences == sorted(set(sequences))
    assert all(headers["Content-Type"] == JPEG for headers, _ in parts)
    assert {Image.open(io.BytesIO(frame)).size for _, frame in parts} == {size}
    status, _, answer = ask(camera + http.newest("sound"))
    assert (status, json.loads(answer)["ports"]) == (404, ["frames"])


def the_model_answers_a_posted_picture(url: dict[str, str]) -> None:
    (headers, frame), *_ = first_parts(url["left"] + http.stream("frames"), 1)
    status, media_type, body = ask(
        url["shapes"] + http.ANALYZE, frame, Content_Type=JPEG, Iomt_Source="by hand", Iomt_Frame="7"
    )
    assert (status, media_type) == (200, DETECTIONS)
    result = json.loads(body)
    assert (result["source"], result["frame"], result["node"]) == ("by hand", 7, "shapes")
    assert (result["width"], result["height"]) == (int(headers["Iomt-Width"]), int(headers["Iomt-Height"]))
    assert {item["label"] for item in result["items"]} <= {"red box", "blue disc"}
    for broken, media, refusal in ((frame, "text/plain", 415), (b"not a picture", JPEG, 400)):
        status, _, answer = ask(url["shapes"] + http.ANALYZE, broken, Content_Type=media)
        assert (status, bool(json.loads(answer)["error"])) == (refusal, True)


def the_lake_lists_and_gives_its_objects(lake: str) -> None:
    listed = ask_json(f"{lake}{http.OBJECTS}?prefix=left/&limit=3")
    assert listed["bucket"] == "sorting-line-lake"
    assert len(listed["keys"]) == 3
    assert all(key.startswith("left/") for key in listed["keys"])
    status, media_type, body = ask(f"{lake}{http.OBJECTS}/{listed['keys'][0]}")
    assert (status, media_type) == (200, JPEG)
    assert Image.open(io.BytesIO(body)).format == "JPEG"
    after = ask_json(f"{lake}{http.OBJECTS}?prefix=left/&limit=1&after={listed['keys'][0]}")
    assert after["keys"] == [listed["keys"][1]]
    assert ask(f"{lake}{http.OBJECTS}/left/nothing.jpg")[0] == 404
    assert ask(f"{lake}{http.OBJECTS}?limit=many")[0] == 400


def the_alarm_acts_when_asked(run: Running, alarm: str) -> None:
    assert ask_json(alarm + http.ACTUATE, b"", Idempotency_Key="k1") == {"acted": True, "id": "k1"}
    # Asked for by a person, so of no camera.
    run.wait_for(lambda event: event.get("node") == "alarm" and event.get("source") == "")
    assert ask(alarm + http.ACTUATE, b"[1]")[0] == 400
    assert ask(alarm + http.ACTUATE, b"", Origin="http://elsewhere.example")[0] == 403
    assert ask(alarm + http.ACTUATE)[0] == 405
