"""What the rules that reckon say, and that a graph with such an error can still be planned."""

import pytest

from tests.graphs import LAKE, PEOPLE, check_text, graph_text, printed, rules

GATE = "gate: {kind: MSensor, device: usb-camera, options: {rate: 10}}"
SIREN = "siren: {kind: MActuator, device: log}"
PROFILES = "apiVersion: iomt.dev/v1\nkind: Profiles\nspec:\n"


@pytest.fixture
def folder(tmp_path):
    """A folder where a frame was measured: 50 kB, and 250 ms for its people."""
    (tmp_path / "profiles").mkdir()
    text = PROFILES + "  gate: {bytes: 50k}\n  people: {seconds: 250ms}\n"
    (tmp_path / "profiles" / "street.yaml").write_text(text)
    return tmp_path


def test_an_analyzer_that_cannot_keep_up_is_told_how_many_it_takes(folder):
    text = graph_text(
        [GATE, PEOPLE, SIREN], ["{from: gate, to: people, delivery: durable}", "people -> siren"]
    )
    assert printed(folder, text) == (
        "error[slow-analyzer]: people cannot keep up: 10/s of 250ms each are 2.5 model seconds per second, "
        "and it has 1 replica\n"
        "  --> graph.yaml:10:42\n"
        "   |\n"
        "10 |     - {from: gate, to: people, delivery: durable}\n"
        "   |                                          ^^^^^^^\n"
        "  ::: graph.yaml:7:5 the analyzer\n"
        "   |\n"
        " 7 |     people: {kind: MAnalyzer, model: hustvl/yolos-tiny, revision: v1, task: object-detection}\n"
        "   |     ------\n"
        "   |\n"
        "   = help: write replicas: 3, ask for less with max_rate, or make the link latest: "
        "that drops what is too old"
    )


def test_max_rate_or_a_latest_link_lets_it_keep_up(folder):
    durable = "{from: gate, to: people, delivery: durable, max_rate: 4/s}"
    for link in (durable, "gate -> people"):
        assert rules(folder, graph_text([GATE, PEOPLE, SIREN], [link, "people -> siren"])) == []


def test_a_broken_budget_leaves_a_graph_that_can_be_planned_and_not_run(folder):
    text = graph_text(
        [GATE, PEOPLE, SIREN], ["{from: gate, to: people, delivery: durable}", "people -> siren"]
    )
    checked = check_text(folder, text)
    assert checked.resolved is None
    assert checked.plannable is not None
    broken = check_text(folder, text.replace("usb-camera", "usb-camra"))
    assert broken.plannable is None


def test_a_promise_is_held_against_the_parts_of_the_way(folder):
    def told(promise):
        links = ["gate -> people", f"{{from: people, to: siren, latency: {promise}}}"]
        return printed(folder, graph_text([GATE, PEOPLE, SIREN], links))

    assert "error[latency-promise]: gate -> people -> siren promises 300ms, and it takes 356ms" in told(
        "300ms"
    )
    assert (
        "= help: its parts are encode gate 4.6ms, link people 400us, queue people 100ms, model people 250ms, "
        "link siren 800us"
    ) in told("300ms")
    assert told("400ms") == ""


def test_a_promise_behind_a_queue_that_grows_says_so(folder):
    links = [
        "{from: gate, to: people, delivery: durable}  # iomt: allow slow-analyzer because it is a test",
        "{from: people, to: siren, latency: 1h}",
    ]
    shown = printed(folder, graph_text([GATE, PEOPLE, SIREN], links))
    assert "gate -> people -> siren promises 1h, and a queue on it grows without end" in shown


def test_a_lake_too_small_for_its_time_says_how_long_it_lasts(folder):
    lake = LAKE.replace("object-lake", "object-lake, options: {retain: 7d, size: 100G}")
    shown = printed(folder, graph_text([GATE, lake], ["gate -> lake"]))
    assert (
        "warning[lake-overflow]: lake gets 500 kB/s, so 7d of it are 302 GB, and it has room for 100 GB: "
        "the oldest go after 2.31d"
    ) in shown


@pytest.mark.parametrize("size", ["0", "lots", "-1G"])
def test_a_size_that_is_none_is_told(folder, size):
    lake = LAKE.replace("object-lake", f'object-lake, options: {{size: "{size}"}}')
    assert "bad-quantity" in rules(folder, graph_text([GATE, lake], ["gate -> lake"]))


def test_an_alarm_that_hears_the_newest_of_a_known_rate_is_no_finding(folder):
    latest = ["gate -> people", "{from: people, to: siren, delivery: latest}"]
    assert rules(folder, graph_text([GATE, PEOPLE, SIREN], latest)) == []
    (folder / "profiles" / "street.yaml").unlink()
    assert rules(folder, graph_text([GATE, PEOPLE, SIREN], latest)) == ["unknown-alarm-rate"]
