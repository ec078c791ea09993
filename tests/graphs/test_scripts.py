import importlib.util
import itertools
import json
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import pytest

from iomt.contract.results import Box, Item, Result

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "graphs" / "scripts"
MODELS = ROOT / "devices" / "models"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


draw_conveyor, make_sounds, score_conveyor = (
    script("draw_conveyor"), script("make_sounds"), script("score_conveyor"),
)  # fmt: skip


def run(name: str, *arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(SCRIPTS / f"{name}.py"), *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    done = run("draw_conveyor", folder, "--seconds", 3, "--rate", 5)
    assert done.returncode == 0, done.stderr
    return folder


def pictures(clip: Path) -> list[Any]:
    with av.open(str(clip)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def truth(clip: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(clip.with_suffix(".json").read_text())
    return found


def test_both_clips_and_their_truths_are_written_and_nothing_else(clips: Path) -> None:
    names = {path.name for path in clips.iterdir()}
    assert names == {"conveyor-a.mp4", "conveyor-a.json", "conveyor-b.mp4", "conveyor-b.json"}


@pytest.mark.parametrize("name", ["conveyor-a", "conveyor-b"])
def test_every_true_box_is_whole_and_has_its_colour_in_the_clip(clips: Path, name: str) -> None:
    clip = clips / f"{name}.mp4"
    drawn, said = pictures(clip), truth(clip)
    assert len(drawn) == len(said["frames"]) == 15
    for picture, boxes in zip(drawn, said["frames"], strict=True):
        assert picture.shape == (said["height"], said["width"], 3) == (480, 640, 3)
        assert 1 <= len(boxes) <= 4
        for box in boxes:
            assert 0 <= box["xmin"] < box["xmax"] <= 640
            assert 0 <= box["ymin"] < box["ymax"] <= 480
            middle = picture[(box["ymin"] + box["ymax"]) // 2, (box["xmin"] + box["xmax"]) // 2].astype(int)
            assert np.abs(middle - draw_conveyor.COLOURS[box["label"]]).max() < 25


def test_nothing_but_the_true_boxes_has_colour(clips: Path) -> None:
    clip = clips / "conveyor-a.mp4"
    for picture, boxes in zip(pictures(clip), truth(clip)["frames"], strict=True):
        colour = picture.astype(int).max(axis=2) - picture.astype(int).min(axis=2) > 60
        for box in boxes:
            colour[box["ymin"] - 2 : box["ymax"] + 2, box["xmin"] - 2 : box["xmax"] + 2] = False
        assert not colour.any()


def test_the_same_seed_draws_the_same_and_another_does_not(clips: Path, tmp_path: Path) -> None:
    for seed, same in ((0, True), (1, False)):
        draw_conveyor.draw_clip(tmp_path, "conveyor-a", 3, 5, (640, 480), seed)
        for suffix in ("mp4", "json"):
            one, other = (folder / f"conveyor-a.{suffix}" for folder in (tmp_path, clips))
            assert (one.read_bytes() == other.read_bytes()) is same


@pytest.mark.parametrize("name", ["conveyor-a", "conveyor-b"])
def test_three_red_boxes_are_in_view_at_times_and_not_at_others(name: str) -> None:
    shapes = draw_conveyor.place_shapes(20, np.random.default_rng([0, *name.encode()]))
    reds = [
        sum(box.label == "red box" for box in draw_conveyor.true_boxes(shapes, number / 15, 640, 480))
        for number in range(300)
    ]
    enough = [count >= 3 for count in reds]
    assert 45 < sum(enough) < 255
    assert sum(now and not before for before, now in itertools.pairwise(enough)) >= 2


@pytest.mark.parametrize("name", ["conveyor-a", "conveyor-b"])
def test_the_detector_finds_what_is_true(clips: Path, name: str, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    image = pytest.importorskip("PIL.Image")
    find = transformers.pipeline(
        "object-detection", model=str(MODELS / "shapes-rtdetr"), threshold=0.5, device="cpu"
    )
    lines = []
    for number, picture in enumerate(pictures(clips / f"{name}.mp4"), 1):
        items = tuple(
            Item(found["label"], found["score"], Box(**found["box"]))
            for found in find(image.fromarray(picture))
        )
        lines.append(Result("find", "gate", number, number, "", "m", "", 0.0, 640, 480, items).to_json())
    results = tmp_path / "results.jsonl"
    results.write_bytes(b"\n".join(lines) + b"\n")
    limits = ("--min-precision", 0.95, "--min-recall", 0.95)
    done = run("score_conveyor", "--truth", f"gate={clips / name}.json", results, *limits)
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"results 15" in done.stdout


def result(frame: int, *items: Item, source: str = "gate") -> Result:
    return Result("find", source, frame, frame, "", "m", "", 0.0, 640, 480, items)


TRUTH = score_conveyor.Truth(
    (
        (Item("red box", 1.0, Box(0, 0, 100, 100)), Item("red box", 1.0, Box(200, 0, 300, 100))),
        (Item("blue disc", 1.0, Box(0, 0, 100, 100)),),
    )
)


@pytest.mark.parametrize(
    ("found", "right", "wrong", "missed"),
    [
        ([], 0, 0, 2),
        ([Item("red box", 0.9, Box(0, 0, 100, 100)), Item("red box", 0.9, Box(205, 0, 300, 100))], 2, 0, 0),
        ([Item("red box", 0.9, Box(0, 0, 100, 49))], 0, 1, 2),
        ([Item("red box", 0.9, Box(0, 0, 100, 51))], 1, 0, 1),
        ([Item("blue disc", 0.9, Box(0, 0, 100, 100))], 0, 1, 2),
        ([Item("red box", 0.9, Box(0, 0, 100, 100)), Item("red box", 0.8, Box(0, 0, 99, 100))], 1, 1, 1),
        ([Item("red box", 0.9)], 0, 1, 2),
    ],
)
def test_a_detection_is_right_by_label_and_overlap_and_once(
    found: list[Item], right: int, wrong: int, missed: int
) -> None:
    score = score_conveyor.score_items(found, TRUTH.of(1))
    assert (score.right, score.wrong, score.missed) == (right, wrong, missed)


def test_frames_count_from_one_and_go_round_with_the_clip() -> None:
    disc = Item("blue disc", 0.9, Box(0, 0, 100, 100))
    score = score_conveyor.score_results([result(2, disc), result(4, disc), result(1)], {"": TRUTH})
    assert (score.results, score.right, score.missed) == (3, 2, 2)
    assert (score.precision, score.recall) == (1.0, 0.5)


def test_the_score_reads_standard_input_and_fails_below_the_limit(clips: Path) -> None:
    line = result(1).to_json()
    done = run("score_conveyor", "--truth", clips / "conveyor-a.json", "--min-recall", 0.5, stdin=line)
    assert done.returncode == 1
    assert b"recall 0.0000" in done.stdout


@pytest.mark.parametrize(
    ("stdin", "says"),
    [
        (b"", b"no results"),
        (b"{}\n", b"standard input:1: not a result"),
        (result(1, source="yard").to_json(), b"source 'yard', for which no --truth"),
    ],
)
def test_the_score_says_what_it_cannot_read(clips: Path, stdin: bytes, says: bytes) -> None:
    done = run("score_conveyor", "--truth", f"gate={clips / 'conveyor-a.json'}", stdin=stdin)
    assert done.returncode == 2
    assert says in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_size_that_is_none_is_told(tmp_path: Path) -> None:
    done = run("draw_conveyor", tmp_path, "--size", "641x480")
    assert done.returncode == 2
    assert b"expected two even numbers" in done.stderr


def test_every_second_of_the_sounds_is_what_its_truth_says(tmp_path: Path) -> None:
    assert run("make_sounds", tmp_path).returncode == 0
    said = json.loads((tmp_path / "sounds.json").read_text())
    with wave.open(str(tmp_path / "sounds.wav")) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getnframes()) == (16000, 1, 20 * 16000)
        samples = np.frombuffer(clip.readframes(-1), "<i2").astype(np.float32) / 32768
    assert len(said["seconds"]) == 20
    assert set(said["seconds"]) == {"silence", "noise", "beep", "siren"}
    transformers = pytest.importorskip("transformers")
    listen = transformers.pipeline(
        "audio-classification", model=str(MODELS / "sounds-ast"), top_k=1, device="cpu"
    )
    windows = samples.reshape(20, 16000)
    heard = [listen({"raw": window, "sampling_rate": 16000})[0]["label"] for window in windows]
    assert heard == said["seconds"]
