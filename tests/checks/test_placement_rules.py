"""Rules about where and how often nodes run."""

from tests.graphs import GATE, LAKE, LOG, PEOPLE, check_text, graph_text, printed


def _with(node, keys):
    return node.replace("{kind", f"{{{keys}, kind")


def _told(folder, nodes, links, head=""):
    text = graph_text(nodes, links).replace("  nodes:", f"{head}  nodes:")
    return [(each.rule, each.severity.value, each.message) for each in check_text(folder, text).findings]


def test_a_sensor_that_runs_twice(tmp_path):
    assert printed(tmp_path, graph_text([_with(GATE, "replicas: 3"), LAKE], ["gate -> lake"])) == (
        "error[sensor-replicas]: gate is a sensor: run twice, it would give each item twice\n"
        " --> graph.yaml:6:22\n"
        "  |\n"
        "6 |     gate: {replicas: 3, kind: MSensor, device: usb-camera}\n"
        "  |                      ^\n"
        "  |\n"
        "  = help: remove it; for several cameras write several nodes, or `each`"
    )
    scaled = _with(GATE, "autoscale: {min: 1, max: 4, cpu: 80%}")
    assert [rule for rule, *_ in _told(tmp_path, [scaled, LAKE], ["gate -> lake"])] == ["sensor-replicas"]
    assert _told(tmp_path, [_with(GATE, "replicas: 1"), LAKE], ["gate -> lake"]) == []


def test_fifty_sensors_of_one_entry_are_one_mistake(tmp_path):
    nodes = [_with(GATE, "replicas: 2, each: 1..50"), LAKE]
    assert len(_told(tmp_path, nodes, ["gate -> lake"])) == 1
    assert _told(
        tmp_path, [_with(GATE, "each: 1..50"), GATE.replace("gate", "door"), LAKE], ["door -> lake"]
    ) == [("unused-node", "warning", "nothing is linked to gate-1 (and 49 more like it)")]


def test_an_alarm_that_runs_twice_and_has_a_condition(tmp_path):
    alarm = "alarm: {kind: MActuator, device: log, options: {when: count(person) > 2}, replicas: 2}"
    links = ["gate -> people -> alarm"]
    (finding,) = check_text(tmp_path, graph_text([GATE, PEOPLE, alarm], links)).findings
    assert (finding.rule, finding.related[0].message) == ("alarm-replicas", "the condition")
    assert finding.message == (
        "alarm has a condition: run twice, each would see only a part of the results, or all and act twice"
    )
    plain = alarm.replace("options: {when: count(person) > 2}, ", "")
    assert _told(tmp_path, [GATE, PEOPLE, plain], links) == []


def test_a_graphics_processor_where_there_is_none(tmp_path):
    def told(gpu, site):
        people = _with(PEOPLE, f"site: hall, gpu: {gpu}")
        return _told(
            tmp_path, [GATE, people, LOG], ["gate -> people -> log"], f"  sites: {{hall: {{{site}}}}}\n"
        )

    assert told(1, "gpus: 0") == [
        ("gpu-missing", "error", "people asks for a graphics processor, and hall has none")
    ]
    assert told(4, "gpus: 2") == [
        ("gpu-missing", "error", "people asks for 4 graphics processors, and hall has 2")
    ]
    assert told(1, "cores: 4") == [
        ("gpu-missing", "hint", "people asks for a graphics processor, and nothing says that hall has one")
    ]
    assert told(2, "gpus: 2") == []
    assert told(1, "") == []
