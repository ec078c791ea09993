"""People in a street and bikes on a road: real footage and real weights, for a minute."""

import json
from pathlib import Path

import pytest
import simplejpeg

from iomt.contract import metrics
from iomt.local.kept import bodies
from tests.end_to_end.running import (
    assert_books_are_exact,
    camera,
    counts,
    graph_file,
    link,
    running,
    with_store,
)
from tests.real_footage import Footage, real_footage
from tests.real_weights import mobilenet

__all__ = ["mobilenet", "real_footage"]
pytestmark = pytest.mark.slow
SIZES = {"street": (768, 576), "corner": (768, 576), "bikes": (640, 272)}


def test_every_frame_of_three_real_cameras_is_stored_and_classified_frames_are_in_the_lake(
    tmp_path: Path, real_footage: Footage, mobilenet: Path
) -> None:
    graph = graph_file(
        tmp_path,
        {
            "street": camera(real_footage.street),
            "corner": camera(real_footage.street),
            "bikes": camera(real_footage.bikes),
            "lake": {"kind": "MStorage", "device": "object-lake"},
            "names": {"kind": "MAnalyzer", "model": str(mobilenet), "options": {"top": 3}},
            "log": {"kind": "MStorage", "device": "result-log"},
        },
        ["[street, corner, bikes] -> lake", "[street, corner, bikes] -> names -> log"],
    )
    data = tmp_path / "data"
    with running(graph, "--data", str(data), "--for", "60s") as run:
        summary = run.summary(240)
    assert run.process.returncode == 0, summary
    assert_books_are_exact(summary)

    def look(client) -> tuple[dict[str, set[int]], list[dict]]:
        captured: dict[str, set[int]] = {}
        for key, body in bodies(client, "test-lake"):
            source, name = key.split("/")[0], key.split("/")[-1]
            height, width, _, _ = simplejpeg.decode_jpeg_header(body)
            assert (width, height) == SIZES[source]
            assert simplejpeg.decode_jpeg(body).shape == (height, width, 3)
            captured.setdefault(source, set()).add(int(name.split("-")[0]))
        lines = [line for _, body in bodies(client, "test-log") for line in body.splitlines()]
        return captured, [json.loads(line) for line in lines]

    captured, results = with_store(data, look)
    for source in SIZES:
        published = counts(data, source)[metrics.key(metrics.PUBLISHED, port="frames")]
        books = link(summary, f"{source}.frames->lake.media")
        assert len(captured[source]) == published == books["delivered"]
        print(f"{source}: published {published} = stored {len(captured[source])}")
    assert results
    assert all(result["captured_ns"] in captured[result["source"]] for result in results)
    assert {result["source"] for result in results} == set(SIZES)
    assert all(len(result["items"]) == 3 for result in results)
    print(f"{len(results)} results, each of a frame in the lake; first: {results[0]['items'][0]}")
