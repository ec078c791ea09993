"""A media mismatch says what would close it, with the lines to write."""

import pytest

from tests.graphs import GATE, LOG, PEOPLE, check_text, graph_text, rules

_SHAPES = "kinds: {kind: MAnalyzer, model: google/vit, revision: v1, task: image-classification}"
_EAR = "ear: {kind: MSensor, device: microphone-file, options: {path: a.wav}}"
_SOUNDS = "sounds: {kind: MAnalyzer, model: mit/ast, revision: v1, task: audio-classification}"
_YARD = "yard: {kind: MSensor, device: usb-camera, options: {device: /dev/video1}}"


def _help(folder, nodes, links):
    findings = check_text(folder, graph_text(nodes, links)).findings
    (finding,) = [each for each in findings if each.rule == "media-mismatch"]
    return finding.help


def test_detections_asked_of_an_image_model_are_cut_out_of_the_frames_first(tmp_path):
    assert _help(tmp_path, [GATE, PEOPLE, _SHAPES, LOG], ["gate -> people -> kinds -> log"]) == (
        "the device crops does: add `crops: {kind: MAnalyzer, device: crops}`, "
        "and write `people -> crops -> kinds` and `gate -> crops`"
    )


def test_what_the_help_says_is_a_graph_without_errors(tmp_path):
    nodes = [GATE, PEOPLE, _SHAPES, LOG, "crops: {kind: MAnalyzer, device: crops}"]
    links = ["gate -> people", "people -> crops -> kinds -> log", "gate -> crops"]
    assert (
        rules(
            tmp_path,
            graph_text(nodes, links),
        )
        == []
    )


def test_all_cameras_of_the_detector_are_named_and_a_name_that_is_taken_is_not(tmp_path):
    taken = LOG.replace("log:", "crops:", 1)
    nodes = [GATE, _YARD, PEOPLE, _SHAPES, taken]
    told = _help(tmp_path, nodes, ['"[gate, yard] -> people -> kinds -> crops"'])
    assert "`crops-2: {kind: MAnalyzer, device: crops}`" in told
    assert told.endswith("write `people -> crops-2 -> kinds` and `[gate, yard] -> crops-2`")


def test_cameras_are_found_behind_a_lake(tmp_path):
    nodes = [GATE, "lake: {kind: MStorage, device: object-lake}", PEOPLE, _SHAPES, LOG]
    assert _help(tmp_path, nodes, ["gate -> lake -> people -> kinds -> log"]).endswith("and `lake -> crops`")


@pytest.mark.parametrize(
    ("nodes", "link", "told"),
    [
        (
            [_EAR, PEOPLE, LOG],
            "ear -> people -> log",
            "nothing that iomt knows turns audio/pcm into image/jpeg: "
            "link something to people that gives image/jpeg",
        ),
        (
            [GATE, _SOUNDS, LOG],
            "gate -> sounds -> log",
            "nothing that iomt knows turns image/jpeg into audio/pcm: "
            "link something to sounds that gives audio/pcm",
        ),
        ([GATE, LOG], "gate -> log", "put an analyzer between them: it turns pictures or sound into results"),
    ],
)
def test_where_no_device_converts_the_help_says_so(tmp_path, nodes, link, told):
    assert _help(tmp_path, nodes, [link]) == told


_DECLARED = """\
apiVersion: iomt.dev/v1
kind: {kind}
metadata: {{name: {name}}}
spec: {{summary: Mine., {rest}}}
"""


def _declare(folder, name, kind, rest):
    (folder / "devices").mkdir(exist_ok=True)
    (folder / "devices" / f"{name}.yaml").write_text(_DECLARED.format(name=name, kind=kind, rest=rest))


def test_a_camera_of_another_format_is_made_jpeg(tmp_path):
    _declare(tmp_path, "thermal", "MSensor", 'runtime: "mine:Mine", produces: {frames: {media: [image/png]}}')
    cam = "cam: {kind: MSensor, device: thermal}"
    assert _help(tmp_path, [cam, PEOPLE, LOG], ["cam -> people -> log"]) == (
        "the device to-jpeg does: add `to-jpeg: {kind: MAnalyzer, device: to-jpeg}`, "
        "and write `cam -> to-jpeg -> people`"
    )


def test_the_users_own_devices_are_proposed_also_as_a_chain(tmp_path):
    ports = 'runtime: "mine:Mine", accepts: {a: {media: [%s]}}, produces: {b: {media: [%s]}}'
    options = (
        ", options: {type: object, required: [bins], properties: {bins: {type: integer, examples: [64]}}}"
    )
    _declare(tmp_path, "spectrum", "MAnalyzer", ports % ("audio/pcm", "image/png") + options)
    assert _help(tmp_path, [_EAR, PEOPLE, LOG], ["ear -> people -> log"]) == (
        "two devices do: add `spectrum: {kind: MAnalyzer, device: spectrum, options: {bins: 64}}` and "
        "`to-jpeg: {kind: MAnalyzer, device: to-jpeg}`, and write `ear -> spectrum -> to-jpeg -> people`"
    )


def test_a_declared_model_is_proposed_for_results(tmp_path):
    _declare(tmp_path, "folk", "MAnalyzer", "task: object-detection, model: hustvl/yolos-tiny, revision: v1")
    assert _help(tmp_path, [GATE, LOG], ["gate -> log"]) == (
        "the device folk does: add `folk: {kind: MAnalyzer, device: folk}`, and write `gate -> folk -> log`"
    )


def test_a_device_that_cannot_be_reached_in_two_steps_is_not_proposed(tmp_path):
    ports = 'runtime: "mine:Mine", accepts: {a: {media: [%s]}}, produces: {b: {media: [%s]}}'
    for name, takes, gives in (
        ("a", "audio/pcm", "x/one"),
        ("b", "x/one", "x/two"),
        ("c", "x/two", "image/jpeg"),
    ):
        _declare(tmp_path, name, "MAnalyzer", ports % (takes, gives))
    assert _help(tmp_path, [_EAR, PEOPLE, LOG], ["ear -> people -> log"]).startswith(
        "nothing that iomt knows"
    )
