"""`iomt devices add` on folders, on a hub of our own, and without one. Each case is a process:
huggingface_hub reads HF_HOME and HF_ENDPOINT when it is imported.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from iomt.catalogue.declaration import ModelInput, Weights
from iomt.catalogue.declared import read_device
from iomt.checks import check
from iomt.cli import FOUND_ERRORS, MISUSE, OK
from tests.graphs import GATE, LOG, graph_text
from tests.hub_server import COMMIT, TOKEN, serve_hub
from tests.specimens import DIGITS, MODELS, SHAPES, SOUNDS

_ROOT = Path(__file__).parents[2]
_NOWHERE = "http://127.0.0.1:1"


class Place:
    """A folder to work in, with a cache of its own."""

    def __init__(self, folder, endpoint):
        self.folder, self.endpoint = folder, endpoint

    def iomt(self, *words, endpoint=None, **more):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        surroundings = {
            "HF_HOME": str(self.folder / "home"),
            "HF_ENDPOINT": endpoint or self.endpoint,
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(_ROOT),
        }
        return subprocess.run(
            [sys.executable, "-m", "iomt", "devices", *words],
            check=False, capture_output=True, text=True, cwd=self.folder, timeout=60,
            env=kept | surroundings | more,
        )  # fmt: skip

    def add(self, model, *words, name="mine", **more):
        """The declaration that was written."""
        done = self.iomt("add", name, "--model", model, *words, **more)
        assert done.returncode == OK, done.stderr
        device, findings, _ = read_device(str(self.folder / "devices" / f"{name}.yaml"))
        assert findings == []
        return device

    def refused(self, code, model, *words, **more):
        """What is said where nothing was written."""
        done = self.iomt("add", "mine", "--model", model, *words, **more)
        assert (done.returncode, done.stdout) == (code, "")
        assert not (self.folder / "devices").exists()
        assert "Traceback" not in done.stderr
        assert "\n  help: " in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    pickled = shutil.copytree(DIGITS, folder / "pickled", ignore=shutil.ignore_patterns("*.safetensors"))
    (pickled / "pytorch_model.bin").write_bytes(b"pickle")
    code = shutil.copytree(DIGITS, folder / "code")
    config = json.loads((code / "config.json").read_text())
    (code / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "modeling.Mine"}}))
    models = {
        "tiny/shapes": SHAPES,
        "tiny/digits": DIGITS,
        "tiny/sounds": SOUNDS,
        "tiny/gated": DIGITS,
        "tiny/pickled": pickled,
        "tiny/code": code,
    }
    with serve_hub(models, frozenset(("tiny/gated",))) as server:
        yield server


@pytest.fixture
def place(tmp_path, hub):
    hub.asked.clear()
    return Place(tmp_path, hub.url)


_TINY = pytest.mark.parametrize(
    ("name", "task", "labels", "takes"),
    [
        ("shapes", "object-detection", ("red box", "blue disc"), ModelInput(96, 96)),
        ("digits", "image-classification", tuple("0123456789"), ModelInput(16, 16)),
        (
            "sounds",
            "audio-classification",
            ("silence", "noise", "beep", "siren"),
            ModelInput(sample_rate=16000),
        ),
    ],
)  # fmt: skip


@_TINY
def test_a_model_of_the_hub_is_declared_with_its_commit(place, hub, name, task, labels, takes):
    device = place.add(f"tiny/{name}")
    size = (hub.models[f"tiny/{name}"] / "model.safetensors").stat().st_size
    assert (device.model, device.revision) == (f"tiny/{name}", COMMIT)
    assert (device.task, device.labels, device.input) == (task, labels, takes)
    assert (device.weights, device.licence) == (Weights(size, "safetensors"), "apache-2.0")
    assert not [each for each in hub.asked if "safetensors" in each], "weights are never fetched"


@_TINY
def test_a_folder_is_declared_with_its_path_from_the_declaration(place, name, task, labels, takes):
    (source,) = MODELS.glob(f"{name}-*")
    shutil.copytree(source, place.folder / "models" / name)
    device = place.add(f"./models/{name}")
    assert (device.model, device.revision) == (f"../models/{name}", "")
    assert (device.task, device.labels, device.input) == (task, labels, takes)
    assert (device.weights.format, device.licence) == ("safetensors", "apache-2.0")


def test_what_was_declared_works_in_a_graph_and_its_labels_are_checked(place):
    place.add("tiny/shapes")
    graph = place.folder / "graph.yaml"
    node = "shapes: {kind: MAnalyzer, device: mine, options: {labels: [red bx]}}"
    graph.write_text(graph_text([GATE, node, LOG], ["gate -> shapes -> log"]))
    (finding,) = check(str(graph)).findings
    assert (finding.rule, finding.help) == ("unknown-label", "did you mean red box?")
    graph.write_text(graph_text([GATE, node.replace("bx", "box"), LOG], ["gate -> shapes -> log"]))
    assert check(str(graph)).findings == []


def test_what_the_hub_told_once_is_told_again_offline(place, hub):
    online = place.add("tiny/shapes")
    hub.asked.clear()
    for name, words, more in (
        ("a", ("--offline",), {"endpoint": _NOWHERE}),
        ("b", (), {"HF_HUB_OFFLINE": "1"}),
        ("c", ("--offline", "--revision", COMMIT), {}),
    ):
        device = place.add("tiny/shapes", *words, name=name, **more)
        assert (device.revision, device.labels, device.licence) == (COMMIT, online.labels, "apache-2.0")
        assert device.weights == Weights()  # never fetched, so nothing is known of them
    assert hub.asked == []


def test_a_model_that_is_not_in_the_cache_says_how_it_gets_there(place):
    said = place.refused(MISUSE, "tiny/shapes", HF_HUB_OFFLINE="1")
    assert "tiny/shapes is not in the cache" in said
    assert "HF_HUB_OFFLINE forbids to ask the hub" in said
    assert "hf download tiny/shapes --local-dir shapes" in said
    assert "--offline forbids to ask the hub" in place.refused(MISUSE, "tiny/shapes", "--offline")


def test_a_hub_that_refuses_connections_is_told_at_once(place):
    began = time.monotonic()
    said = place.refused(MISUSE, "tiny/shapes", endpoint=_NOWHERE)
    assert time.monotonic() - began < 5
    assert f"{_NOWHERE} cannot be asked for tiny/shapes: " in said
    assert "--model ./shapes; or copy that machine's cache" in said


def test_a_hub_that_never_answers_is_given_up_within_seconds(place):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        began = time.monotonic()
        said = place.refused(MISUSE, "tiny/shapes", endpoint=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        assert time.monotonic() - began < 8
    assert "cannot be asked for tiny/shapes" in said


def test_an_unreachable_hub_with_the_model_in_the_cache_says_so(place):
    place.add("tiny/shapes", name="first")
    done = place.iomt("add", "mine", "--model", "tiny/shapes", endpoint=_NOWHERE)
    assert done.returncode == MISUSE
    assert "help: it is in the cache: add --offline" in done.stderr


def test_a_pickle_is_refused_by_id_and_by_folder(place, hub):
    assert "has its weights as a pickle only" in place.refused(FOUND_ERRORS, "tiny/pickled")
    assert "has its weights as a pickle only" in place.refused(FOUND_ERRORS, str(hub.models["tiny/pickled"]))


def test_a_program_of_its_own_is_refused_unless_allowed(place):
    assert "comes with a program of its own" in place.refused(FOUND_ERRORS, "tiny/code")
    assert place.add("tiny/code", "--allow-code").custom_code


def test_a_gated_model_needs_a_token(place):
    said = place.refused(FOUND_ERRORS, "tiny/gated")
    assert "tiny/gated is gated" in said
    assert "set HF_TOKEN" in said
    assert place.add("tiny/gated", HF_TOKEN=TOKEN).task == "image-classification"


def test_what_the_hub_does_not_have_is_told(place, hub):
    assert f"{hub.url} has no model tiny/nonesuch" in place.refused(FOUND_ERRORS, "tiny/nonesuch")
    said = place.refused(FOUND_ERRORS, "tiny/shapes", "--revision", "v9")
    assert "tiny/shapes has no revision v9" in said
    assert "'a/b/c' is no model" in place.refused(FOUND_ERRORS, "a/b/c")


def test_a_folder_that_is_none_or_has_revisions_is_told(place):
    assert "the model folder ./none cannot be read" in place.refused(FOUND_ERRORS, "./none")
    said = place.refused(FOUND_ERRORS, str(SHAPES), "--revision", "v1")
    assert "is a folder, and has no revisions" in said


def test_a_task_that_the_model_does_not_do_is_refused(place):
    said = place.refused(FOUND_ERRORS, "tiny/shapes", "--task", "depth-estimation")
    assert "tiny/shapes (RTDetrForObjectDetection) does object-detection, not depth-estimation" in said


@pytest.mark.parametrize("name", ["My Model", "../mine", "-", "a" * 41, "monitor"])
def test_a_name_that_no_device_can_have_is_refused(place, name):
    done = place.iomt("add", f"--model={SHAPES}", "--", name)
    assert done.returncode == MISUSE
    assert f"iomt devices: {name} " in done.stderr
    assert not (place.folder / "devices").exists()


def test_a_file_that_is_there_is_kept_unless_forced(place):
    path = place.folder / "devices" / "mine.yaml"
    path.parent.mkdir()
    path.write_text("mine")
    done = place.iomt("add", "mine", "--model", str(SHAPES))
    assert (done.returncode, path.read_text()) == (MISUSE, "mine")
    assert "mine.yaml is there already\n  help: --force replaces it" in done.stderr
    assert place.add(str(SHAPES), "--force").task == "object-detection"
    assert [each.name for each in path.parent.iterdir()] == ["mine.yaml"]


def test_a_folder_that_cannot_be_written_is_told(place):
    (place.folder / "file").touch()
    done = place.iomt("add", "mine", "--model", str(SHAPES), "--dir", "file")
    assert done.returncode == MISUSE
    assert "name another folder with --dir" in done.stderr


def test_what_cannot_be_run_yet_and_what_names_no_licence_is_said(place):
    model = place.folder / "near"
    model.mkdir()
    (model / "config.json").write_text('{"architectures": ["DPTForDepthEstimation"]}')
    (model / "preprocessor_config.json").write_text("{}")
    (model / "model.safetensors").touch()
    done = place.iomt("add", "mine", "--model", "./near")
    assert (done.returncode, done.stdout) == (OK, "devices/mine.yaml: depth-estimation, folder ../near\n")
    assert "note: this version of iomt cannot run depth-estimation yet" in done.stderr
    assert "note: it names no licence" in done.stderr
