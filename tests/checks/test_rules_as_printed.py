"""What the rules say, as it is printed."""

from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text, printed, rules


def _alarm(when):
    return f"alarm: {{kind: MActuator, device: log, options: {{when: {when}}}}}"


def test_an_unknown_node_is_marked_under_its_very_name(tmp_path):
    assert printed(
        tmp_path, graph_text([GATE, LAKE, WALL], ['"[gate, lobbby] -> lake"', "gate -> wall"])
    ) == (
        "error[unknown-node]: there is no node called lobbby\n"
        "  --> graph.yaml:10:15\n"
        "   |\n"
        '10 |     - "[gate, lobbby] -> lake"\n'
        "   |               ^^^^^^\n"
        "   |\n"
        "   = help: the nodes are gate, lake and wall"
    )


def test_an_unknown_node_suggests_the_nearest_name_and_is_told_once(tmp_path):
    shown = printed(tmp_path, graph_text([GATE, LAKE, WALL], ["gaet -> [lake, wall]", "gate -> lake"]))
    assert shown.count("unknown-node") == 1
    assert shown.endswith("= help: did you mean gate?")


def test_an_unknown_option_suggests_the_nearest_one(tmp_path):
    node = "gate: {kind: MSensor, device: usb-camera, options: {qualty: 70}}"
    assert printed(tmp_path, graph_text([node, LAKE], ["gate -> lake"])) == (
        "error[bad-option]: usb-camera has no option qualty\n"
        " --> graph.yaml:6:57\n"
        "  |\n"
        "6 |     gate: {kind: MSensor, device: usb-camera, options: {qualty: 70}}\n"
        "  |                                                         ^^^^^^\n"
        "  |\n"
        "  = help: did you mean quality?"
    )


def _option_messages(folder, device, options, kind="MSensor"):
    text = graph_text(
        [f"gate: {{kind: {kind}, device: {device}, options: {options}}}", WALL], ["gate -> wall"]
    )
    return [each.message for each in check_text(folder, text).findings]


def test_options_are_refused_in_plain_words(tmp_path):
    def say(device, options):
        return _option_messages(tmp_path, device, options)

    assert say("usb-camera", "{quality: 101}") == ["quality must be at most 100, found 101"]
    assert say("usb-camera", "{quality: 1.5}") == ["quality must be a whole number, found 1.5"]
    assert say("usb-camera", "{quality: true}") == ["quality must be a whole number, found true"]
    assert say("usb-camera", "{size: big}") == ['size cannot be "big"']
    assert say("usb-camera", "{device: 0}") == ["device must be text, found 0"]
    assert say("rtsp-camera", "{}") == ["rtsp-camera needs the option url"]
    assert say("rtsp-camera", '{url: "rtsp://a", transport: tpc}') == [
        'transport must be tcp or udp, found "tpc"'
    ]
    assert say("video-file", '{path: ""}') == ["path is empty"]
    assert say("usb-camera", "{1: 2}") == ["usb-camera has no option 1"]


def test_a_node_that_needs_an_option_and_has_no_options_is_told(tmp_path):
    text = graph_text(["gate: {kind: MSensor, device: rtsp-camera}", LAKE], ["gate -> lake"])
    (finding,) = check_text(tmp_path, text).findings
    assert (finding.message, finding.span.line, finding.span.column) == (
        "rtsp-camera needs the option url",
        6,
        5,
    )
    assert finding.help == "write for example url: rtsp://10.0.0.12/stream1"


def test_a_bad_condition_is_marked_where_it_goes_wrong(tmp_path):
    shown = printed(
        tmp_path, graph_text([GATE, PEOPLE, _alarm("count(person) => 3")], ["gate -> people -> alarm"])
    )
    source, carets = shown.splitlines()[3:5]
    at = carets.index("^")
    assert shown.startswith("error[bad-condition]: when: ")
    assert source[at:].startswith("=")


def test_a_bad_condition_in_a_quoted_and_folded_text_is_marked_too(tmp_path):
    when = ">-\n      count(person) > 3\n      und count(car) > 1"
    node = f"alarm:\n  kind: MActuator\n  device: log\n  options:\n    when: {when}"
    shown = printed(tmp_path, graph_text([GATE, PEOPLE, node], ["gate -> people -> alarm"]))
    source, carets = shown.splitlines()[3:5]
    assert source[carets.index("^") :].startswith("und")


def test_a_label_that_no_local_model_knows(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text(
        '{"architectures": ["RTDetrForObjectDetection"], "id2label": {"0": "red box", "1": "blue disc"}}'
    )
    shapes = "shapes: {kind: MAnalyzer, model: ./m, options: {labels: [red bix]}}"
    text = graph_text([GATE, shapes, _alarm("count(red bx) > 1")], ["gate -> shapes -> alarm"])
    shown = printed(tmp_path, text)
    assert "the model of shapes does not know the label red bix" in shown
    assert "help: did you mean red box?" in shown
    plain = shapes.replace(", options: {labels: [red bix]}", "")
    shown = printed(
        tmp_path, graph_text([GATE, plain, _alarm("count(red bx) > 1")], ["gate -> shapes -> alarm"])
    )
    source, carets = shown.splitlines()[3:5]
    assert source[carets.index("^") : carets.rindex("^") + 1] == "red bx"


def test_labels_of_a_model_that_is_not_here_are_not_guessed(tmp_path):
    assert not rules(
        tmp_path, graph_text([GATE, PEOPLE, _alarm("count(unicorn) > 1")], ["gate -> people -> alarm"])
    )


def test_durations_without_a_unit_or_of_nothing(tmp_path):
    for text, message in (
        ('"7"', "retain: '7' is no duration"),
        ("0s", "retain: a duration of nothing"),
        ("200000000w", "retain: 200000000w is more than a hundred years"),
    ):
        node = f"lake: {{kind: MStorage, device: object-lake, options: {{retain: {text}}}}}"
        (finding,) = check_text(tmp_path, graph_text([GATE, node], ["gate -> lake"])).findings
        assert (finding.rule, finding.message) == ("bad-quantity", message)


def test_a_graph_with_warnings_alone_can_be_used(tmp_path):
    checked = check_text(tmp_path, graph_text([GATE, LAKE, WALL], ["gate -> lake"]))
    assert [each.rule for each in checked.findings] == ["unused-node"]
    assert checked.resolved


def test_a_graph_with_an_error_cannot(tmp_path):
    assert check_text(tmp_path, graph_text([GATE, LAKE], ["gate -> lkae"])).resolved is None


def test_mistakes_of_every_stage_are_told_at_once(tmp_path):
    nodes = [
        "gate: {kind: MSensor, device: usb-camera, options: {quality: 300}, size: 3}",
        "lobby: {kind: MSensor, device: usb-camra}",
        LAKE,
        PEOPLE,
        LOG,
        _alarm("count(person >= 3"),
    ]
    links = ['"[gate, lobby] -> lake"', "gate -> people -> [log, alarm, wall]", "gate -> log", "lake -> lake"]
    assert rules(tmp_path, graph_text(nodes, links)) == [
        "bad-option",
        "unknown-key",
        "unknown-device",
        "bad-condition",
        "unknown-node",
        "media-mismatch",
        "self-link",
    ]
