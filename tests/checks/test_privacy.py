"""Media of people and the site where they were seen."""

import random

import pytest

from tests.graphs import HEAD, check_text, graph_text, printed

_SITES = "  privacy: site\n  sites: {hall: {}, cloud: {}, yard: {}}\n"
_CAMERA = "gate: {kind: MSensor, device: usb-camera%s}"
_EAR = "ear: {kind: MSensor, device: microphone-file, options: {path: graph.yaml}%s}"
_MODEL = "people: {kind: MAnalyzer, model: a/b, revision: v1, task: %s%s}"
_LAKE = "lake: {kind: MStorage, device: object-lake%s}"
_COPY = "copy: {kind: MStorage, device: object-lake%s}"
_LOG = "log: {kind: MStorage, device: result-log%s}"
_HALL, _CLOUD, _YARD = ", site: hall", ", site: cloud", ", site: yard"
_CROP = """apiVersion: iomt.dev/v1
kind: MAnalyzer
metadata: {name: crop}
spec:
  summary: Cuts people out.
  runtime: mine.crops:Crop
  model: a/crop
  revision: v1
  licence: mit
  accepts: {frames: {media: [image/jpeg]}}
  produces: {crops: {media: [image/png]}}
"""


def _text(nodes, links):
    return graph_text(nodes, links).replace("  nodes:", f"{_SITES}  nodes:")


def _told(folder, nodes, links):
    findings = check_text(folder, _text(nodes, links)).findings
    assert {each.rule for each in findings} <= {"privacy"}, findings
    return [each.message for each in findings]


def test_the_way_from_the_sensor_is_shown(tmp_path):
    nodes = [_CAMERA % _HALL, _LAKE % _HALL, _COPY % _CLOUD]
    assert printed(tmp_path, _text(nodes, ["gate -> lake -> copy"])) == (
        "error[privacy]: pictures of gate would leave hall: copy runs at cloud\n"
        "  --> graph.yaml:12:23\n"
        "   |\n"
        "12 |     - gate -> lake -> copy\n"
        "   |                       ^^^^\n"
        "  ::: graph.yaml:8:5 gate captures at hall\n"
        "   |\n"
        " 8 |     gate: {kind: MSensor, device: usb-camera, site: hall}\n"
        "   |     ----\n"
        "  ::: graph.yaml:12:15 gate -> lake: image/jpeg\n"
        "   |\n"
        "12 |     - gate -> lake -> copy\n"
        "   |               ----\n"
        "  ::: graph.yaml:5:12 it must not, says the graph\n"
        "   |\n"
        " 5 |   privacy: site\n"
        "   |            ----\n"
        "   |\n"
        "   = help: put copy at hall; detections and labels may leave it"
    )


def test_detections_may_leave_and_pictures_may_not(tmp_path):
    nodes = [_CAMERA % _HALL, _MODEL % ("object-detection", _HALL), _LOG % _CLOUD]
    assert _told(tmp_path, nodes, ["gate -> people -> log"]) == []
    nodes[1] = _MODEL % ("object-detection", _CLOUD)
    assert _told(tmp_path, nodes, ["gate -> people -> log"]) == [
        "pictures of gate would leave hall: people runs at cloud"
    ]


def test_without_the_promise_everything_may_leave(tmp_path):
    nodes = [_CAMERA % _HALL, _LAKE % _CLOUD]
    text = _text(nodes, ["gate -> lake"]).replace("  privacy: site\n", "")
    assert check_text(tmp_path, text).findings == []


def test_crops_are_as_personal_as_what_they_are_cut_from(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "crop.yaml").write_text(_CROP)
    crop = "crop: {kind: MAnalyzer, device: crop, site: hall}"
    nodes = [_CAMERA % _HALL, crop, _LAKE % _CLOUD]
    assert _told(tmp_path, nodes, ["gate -> crop -> lake"]) == [
        "pictures of gate would leave hall: lake runs at cloud"
    ]


def test_what_was_said_is_personal_and_what_it_was_about_is_not(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "speech.yaml").write_text(
        _CROP.replace("crop}", "speech}")
        .replace("a/crop", "a/speech")
        .replace("image/jpeg", "audio/pcm")
        .replace("image/png", "application/vnd.iomt.text+json")
    )
    speech = "speech: {kind: MAnalyzer, device: speech, site: hall}"
    assert _told(tmp_path, [_EAR % _HALL, speech, _LOG % _CLOUD], ["ear -> speech -> log"]) == [
        "words of ear would leave hall: log runs at cloud"
    ]
    hook = 'hook: {kind: MActuator, device: webhook, site: hall, options: {url: "http://%s/x"}}'
    nodes = [_EAR % _HALL, speech]
    assert _told(tmp_path, [*nodes, hook % "hooks.example.com"], ["ear -> speech -> hook"]) == [
        "words of ear would leave hall: hook calls hooks.example.com"
    ]
    for near in ("siren.local", "10.0.0.9", "siren", "[fe80::1]"):
        assert _told(tmp_path, [*nodes, hook % near], ["ear -> speech -> hook"]) == []
    detecting = [_CAMERA % _HALL, _MODEL % ("object-detection", _HALL), hook % "hooks.example.com"]
    assert _told(tmp_path, detecting, ["gate -> people -> hook"]) == []


def test_a_lake_gives_all_that_it_was_given(tmp_path):
    nodes = [_CAMERA % _HALL, _MODEL % ("object-detection", _HALL), _LAKE % _HALL, _COPY % _CLOUD]
    links = ["gate -> people -> lake", "gate -> lake -> copy"]
    assert len(_told(tmp_path, nodes, links)) == 1
    assert _told(tmp_path, nodes, ["gate -> people -> lake -> copy"]) == []


def test_what_nobody_can_tell_is_a_warning(tmp_path):
    model = f"people: {{kind: MAnalyzer, model: a/b, revision: v1{_HALL}}}"
    text = _text([_CAMERA % _HALL, model, _LOG % _CLOUD], ["gate -> people -> log"])
    (finding,) = check_text(tmp_path, text).findings
    assert (finding.severity.value, finding.message) == (
        "warning",
        "what people makes of gate may be words, and would leave hall: log runs at cloud",
    )
    assert finding.help.startswith("write the `task` of people, or put log at hall")


def test_a_node_without_a_site(tmp_path):
    assert _told(tmp_path, [_CAMERA % _HALL, _LAKE % ""], ["gate -> lake"]) == [
        "pictures of gate would leave hall: lake has no site, and may run anywhere"
    ]
    assert _told(tmp_path, [_CAMERA % "", _LAKE % _HALL], ["gate -> lake"]) == [
        "media of gate must not leave its site, and no site is named"
    ]
    assert _told(tmp_path, [_CAMERA % "", _LAKE % ""], ["gate -> lake"]) == []


def test_media_that_comes_home_does_not_leave(tmp_path):
    nodes = [_CAMERA % _HALL, _LAKE % _CLOUD, _COPY % _HALL]
    assert _told(tmp_path, nodes, ["gate -> lake -> copy"]) == [
        "pictures of gate would leave hall: lake runs at cloud"
    ]


def test_each_of_several_ways_out_is_told(tmp_path):
    nodes = [_CAMERA % _HALL, (_CAMERA % _YARD).replace("gate", "back"), _LAKE % _HALL, _COPY % _YARD]
    assert _told(tmp_path, nodes, ["gate -> lake", "back -> lake", "lake -> copy"]) == [
        "pictures of back would leave yard: lake runs at hall",
        "pictures of gate would leave hall: copy runs at yard",
    ]


def test_it_can_be_silenced_with_a_reason(tmp_path):
    link = "gate -> lake # iomt: allow privacy because all who are seen have agreed"
    assert _told(tmp_path, [_CAMERA % _HALL, _LAKE % _CLOUD], [link]) == []


@pytest.mark.parametrize("seed", range(50))
def test_a_random_graph_tells_exactly_the_links_that_a_search_from_each_camera_finds(tmp_path, seed):
    random_ = random.Random(seed)
    sites = {f"l{number}": random_.choice(("hall", "cloud", "yard")) for number in range(8)}
    cameras = {f"c{number}": random_.choice(("hall", "cloud", "yard")) for number in range(3)}
    names = [*cameras, *sites]
    links = sorted(
        {
            (names[one], names[other])
            for one, other in ((random_.randrange(10), random_.randrange(3, 11)) for _ in range(14))
            if one < other
        }
    )
    nodes = [f"{name}: {{kind: MSensor, device: usb-camera, site: {site}}}" for name, site in cameras.items()]
    nodes += [
        f"{name}: {{kind: MStorage, device: object-lake, site: {site}}}" for name, site in sites.items()
    ]
    text = _text(nodes, [f"{one} -> {other}" for one, other in links])
    assert text.startswith(HEAD)
    found = check_text(tmp_path, text).findings
    lines = text.split("\n")
    told = {
        tuple(lines[each.span.line - 1].strip("- ").split(" -> ")) for each in found if each.rule == "privacy"
    }
    assert told == _searched(cameras, sites | cameras, links)


def _searched(cameras, sites, links):
    """One search for each camera, which remembers only where it has been."""
    leaving = set()
    for camera, origin in cameras.items():
        reached, waiting = {camera}, [camera]
        while waiting:
            at = waiting.pop()
            for one, other in links:
                if one == at:
                    if sites[other] not in (origin, sites[at]):
                        leaving.add((one, other))
                    if other not in reached:
                        reached.add(other)
                        waiting.append(other)
    return leaving
