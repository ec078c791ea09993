"""Rules that look at the graph as a whole: circles, and links that are missing."""

from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, check_text, graph_text, printed, rules

_COPY = "copy: {kind: MStorage, device: object-lake}"
_CAMERA = 'cam: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://10.0.0.12/stream1"}}'
_HOOK = 'swing: {kind: MActuator, device: webhook, options: {url: "http://%s/turn"}}'


def _rules(folder, nodes, links):
    return rules(folder, graph_text(nodes, links))


def _messages(folder, nodes, links):
    return [each.message for each in check_text(folder, graph_text(nodes, links)).findings]


def test_a_circle_is_told_once_with_every_link_of_it(tmp_path):
    links = ["copy -> lake", "gate -> lake -> copy"]
    assert printed(tmp_path, graph_text([GATE, LAKE, _COPY], links)) == (
        "error[cycle]: copy -> lake -> copy: what goes in goes round for ever\n"
        "  --> graph.yaml:11:23\n"
        "   |\n"
        "11 |     - gate -> lake -> copy\n"
        "   |                       ^^^^\n"
        "  ::: graph.yaml:10:15 copy -> lake\n"
        "   |\n"
        "10 |     - copy -> lake\n"
        "   |               ----\n"
        "   |\n"
        "   = help: remove the link that leads back, which is likely the one marked here"
    )


def test_a_circle_cannot_be_silenced(tmp_path):
    links = ["gate -> lake -> copy", "copy -> lake # iomt: allow cycle because I like it"]
    assert _rules(tmp_path, [GATE, LAKE, _COPY], links) == ["cycle", "cannot-silence"]


def test_a_long_circle_is_cut_in_the_message_and_in_its_places(tmp_path):
    names = [f"l{number}" for number in range(20)]
    nodes = [GATE, *(f"{name}: {{kind: MStorage, device: object-lake}}" for name in names)]
    (finding,) = check_text(tmp_path, graph_text(nodes, [" -> ".join(["gate", *names, "l0"])])).findings
    assert finding.message == (
        "l0 -> l1 -> l2 -> l3 -> l4 -> l5 -> l6 -> l7 -> l8 -> l9 -> l10 -> (8 more) -> l19 -> l0: "
        "what goes in goes round for ever"
    )
    assert len(finding.related) == 12


def test_a_node_linked_to_itself_is_no_circle_and_has_nothing_linked_into_it(tmp_path):
    assert _rules(tmp_path, [GATE, LAKE, _COPY], ["gate -> lake", "copy -> copy", "copy -> lake"]) == [
        "unwritten-storage",
        "self-link",
    ]


def test_a_camera_that_its_own_alarm_turns(tmp_path):
    text = graph_text([_CAMERA, PEOPLE, _HOOK % "admin@10.0.0.12:8080"], ["cam -> people -> swing"])
    assert printed(tmp_path, text) == (
        "hint[feedback-loop]: swing acts on host 10.0.0.12, which cam watches: "
        "what it does may set it off again\n"
        "  --> graph.yaml:8:62\n"
        "   |\n"
        ' 8 |     swing: {kind: MActuator, device: webhook, options: {url: "http://admin@10.0.0.12:8080/turn"}}\n'
        f"   | {' ' * 61}{'^' * 34}\n"
        "  ::: graph.yaml:6:5 cam watches host 10.0.0.12\n"
        "   |\n"
        f" 6 |     {_CAMERA}\n"
        "   |     ---\n"
        "  ::: graph.yaml:10:14 cam -> people\n"
        "   |\n"
        "10 |     - cam -> people -> swing\n"
        "   |              ------\n"
        "  ::: graph.yaml:10:24 people -> swing\n"
        "   |\n"
        "10 |     - cam -> people -> swing\n"
        "   |                        -----\n"
        "   |\n"
        "   = help: give it time to settle with `when: ... for 3s` or `every`, or let another sensor watch"
    )


def test_a_camera_at_a_port_that_a_command_moves(tmp_path):
    move = "move: {kind: MActuator, device: command, options: {run: [v4l2-ctl, -d, /dev/video0]}}"
    assert _messages(tmp_path, [GATE, PEOPLE, move], ["gate -> people -> move"]) == [
        "move acts on device /dev/video0, which gate watches: what it does may set it off again"
    ]


def test_an_alarm_of_another_camera_is_no_loop(tmp_path):
    other = 'other: {kind: MSensor, device: rtsp-camera, options: {url: "rtsp://10.0.0.13/stream1"}}'
    nodes = [_CAMERA, other, LAKE, PEOPLE, _HOOK % "10.0.0.12"]
    assert _rules(tmp_path, nodes, ["other -> people -> swing", "cam -> lake"]) == []
    assert _rules(tmp_path, nodes, ['"[cam, other] -> people -> swing"', "cam -> lake"]) == ["feedback-loop"]


def test_two_programs_of_this_machine_are_not_one_thing(tmp_path):
    camera = _CAMERA.replace("10.0.0.12", "localhost:8554")
    assert _rules(tmp_path, [camera, PEOPLE, _HOOK % "localhost:9000"], ["cam -> people -> swing"]) == []


def test_an_actuator_that_gives_something_back(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "dome.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: MActuator\nmetadata: {name: dome}\nspec:\n"
        "  summary: A camera that turns.\n  runtime: mine.domes:Dome\n"
        '  accepts: {results: {media: ["application/*"], delivery: latest}}\n'
        "  produces: {frames: {media: [image/jpeg]}}\n"
    )
    dome = "dome: {kind: MActuator, device: dome}"
    (finding,) = check_text(
        tmp_path, graph_text([GATE, PEOPLE, dome], ["gate -> people -> dome -> people"])
    ).findings
    assert (finding.rule, finding.severity.value) == ("feedback-loop", "warning")
    assert finding.message == "people -> dome -> people: what dome gives comes back to it"
    assert [each.message for each in finding.related] == ["people -> dome"]


def test_each_missing_link_is_told_once_and_nothing_that_follows_from_it(tmp_path):
    nodes = [GATE, LAKE, _COPY, LOG, WALL, PEOPLE, PEOPLE.replace("people:", "cars:")]
    links = ["gate -> lake", "copy -> people -> log", "gate -> cars"]
    assert _messages(tmp_path, nodes, links) == [
        "nothing is written into copy, so whoever reads it finds it empty",
        "nothing is linked to wall",
        "nobody reads what cars finds",
    ]
    links = ["gate -> [lake, copy]", "people -> [log, wall]", '"[gate, lake] -> cars"', "cars -> log"]
    assert _messages(tmp_path, nodes, links) == [
        "nothing is linked into people, so it never has anything to give"
    ]


def test_a_link_that_cannot_be_is_no_missing_link(tmp_path):
    assert _rules(
        tmp_path, [GATE, LAKE, LOG, PEOPLE], ["gate -> lake", "gate -> people", "people -> lgo"]
    ) == ["unknown-node"]
    assert _rules(tmp_path, [GATE, LAKE, LOG], ["gate -> lake", "gate -> log"]) == ["media-mismatch"]
    assert _rules(tmp_path, [GATE, LAKE], ["gate => lake"]) == ["bad-arrow"]


def test_a_lake_that_reads_the_latest_alone_is_told_where_that_is_written(tmp_path):
    links = ["{from: [gate, cam], to: lake, delivery: latest}"]
    assert printed(tmp_path, graph_text([GATE, _CAMERA, LAKE], links)) == (
        "warning[latest-into-lake]: lake would store what it has time for: a latest link drops the rest\n"
        "  --> graph.yaml:10:47\n"
        "   |\n"
        f"10 |     - {links[0]}\n"
        "   |                                               ^^^^^^\n"
        "   |\n"
        "   = help: remove it: a storage reads durably, and loses nothing"
    )
