"""`iomt tune`: real frames, real processes, and a file that keeps the others' entries."""

import subprocess
import sys
from pathlib import Path

import pytest

from iomt.catalogue.measured import read_profiles
from iomt.checks import check
from iomt.cli.tune import feeding
from iomt.contract import metrics
from iomt.local.process_use import ProcessUse, machine_class, process_use
from iomt.local.tuning import Sample, Watched, profile_of, quantile
from tests.end_to_end.running import MODELS, camera, graph_file
from tests.graphs import GATE, LAKE, LOG, PEOPLE, check_text, graph_text
from tests.recordings import make_clip

OTHERS = "apiVersion: iomt.dev/v1\nkind: Profiles\nspec:\n  lobby: {rate: 5/s}\n"


def tune(graph: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iomt", "tune", str(graph), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def test_what_feeds_a_node_runs_and_what_it_feeds_does_not(tmp_path: Path) -> None:
    text = graph_text([GATE, LAKE, PEOPLE, LOG], ["gate -> lake -> people -> log"])
    resolved = check_text(tmp_path, text).resolved
    assert resolved
    assert feeding(resolved, ["lake"]) == {"gate", "lake"}
    assert feeding(resolved, ["people"]) == {"gate", "lake", "people"}


def test_a_node_that_is_not_there_is_a_misuse_with_a_suggestion(tmp_path: Path) -> None:
    graph = tmp_path / "graph.yaml"
    graph.write_text(graph_text([GATE, LAKE], ["gate -> lake"]))
    done = tune(graph, "gaet")
    assert (done.returncode, done.stderr) == (
        2,
        "iomt tune: there is no node called gaet\n  help: did you mean gate?\n",
    )


def test_times_by_edges_give_their_quantiles_to_a_tenth() -> None:
    low, edge, high = metrics.HANDLE_EDGES[40:43]
    assert quantile({edge: 10, high: 10}, 0.5) == pytest.approx(edge)
    assert quantile({edge: 10}, 0.5) == pytest.approx((low + edge) / 2)
    assert quantile({edge: 10, high: 10}, 0.95) == pytest.approx(edge + 0.9 * (high - edge))
    assert quantile({}, 0.5) is None
    assert quantile({float("inf"): 1}, 0.5) == metrics.HANDLE_EDGES[-1]


def test_a_sensor_is_measured_while_it_gives_and_not_after_its_end() -> None:
    published, sent = metrics.key(metrics.PUBLISHED, port="f"), metrics.key(metrics.PUBLISHED_BYTES, port="f")
    watched = Watched("MSensor")
    for seconds in range(10):
        given = min(seconds, 5) * 10
        watched.take(
            Sample(float(seconds), {published: given, sent: given * 100}, ProcessUse(given / 100, 2**20))
        )
    profile = profile_of(watched)
    assert profile
    assert (profile.rate, profile.bytes, profile.seconds, profile.cores) == (10, 100, 0.01, 0.1)
    assert profile.machine == machine_class()
    assert profile_of(Watched("MSensor")) is None


def test_the_kernel_is_asked_for_what_a_process_used(tmp_path: Path) -> None:
    process = tmp_path / "7"
    process.mkdir()
    (process / "stat").write_text("7 (a (b) c) S " + " ".join(map(str, range(4, 30))))
    (process / "status").write_text("Name:\tpython\nVmHWM:\t   2048 kB\n")
    use = process_use(7, tmp_path)
    assert use
    assert use.memory == 2**21
    assert use.cpu > 0
    assert process_use(8, tmp_path) is None


@pytest.mark.slow
def test_a_camera_an_analyzer_and_a_lake_are_measured_and_the_others_entries_kept(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    nodes = {
        "gate": camera(Path("clip.mp4")),
        "shapes": {"kind": "MAnalyzer", "model": str(MODELS / "shapes-rtdetr")},
        "lake": {"kind": "MStorage", "device": "object-lake"},
        "alarm": {"kind": "MActuator", "device": "log"},
    }
    graph = graph_file(tmp_path, nodes, ["gate -> [shapes, lake]", "shapes -> alarm"])
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "test.yaml").write_text(OTHERS)
    done = tune(graph, "gate", "shapes", "lake", "--for", "4s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.startswith("running gate, shapes and lake\n")
    measured = read_profiles(tmp_path / "profiles" / "test.yaml").profiles
    gate, shapes, lake = measured["gate"], measured["shapes"], measured["lake"]
    assert measured["lobby"].rate == 5
    assert gate.rate
    assert gate.bytes
    for each in (shapes, lake):
        assert each.seconds
        assert each.slowest
        assert each.slowest >= each.seconds
    for each in (gate, shapes, lake):
        assert each.memory
        assert each.memory > 2**24
        assert each.cores
        assert each.machine == machine_class()
    assert shapes.bytes
    # What it wrote is what a check of the graph reads.
    resolved = check(str(graph)).resolved
    assert resolved
    assert resolved.nodes["shapes"].profile == shapes
    # A second time the figures before stand beside the new ones.
    again = tune(graph, "gate", "--for", "2s")
    assert again.returncode == 0, again.stderr
    assert "(before: " in again.stdout


@pytest.mark.slow
def test_a_node_to_which_nothing_comes_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no recording")
    nodes = {"gate": camera(Path("clip.mp4")), "lake": {"kind": "MStorage", "device": "object-lake"}}
    graph = graph_file(tmp_path, nodes, ["gate -> lake"])
    done = tune(graph, "lake", "--for", "1s")
    assert done.returncode == 1
    assert "lake was not measured: gate: " in done.stderr
    assert not (tmp_path / "profiles").exists()
