"""`iomt plan`: what people read, what programs read, and its exit codes."""

import json
import re
from pathlib import Path

import pytest

from iomt.cli import main
from tests.graphs import GATE, LAKE, PEOPLE, graph_text

_PAGE = (Path(__file__).parents[2] / "docs" / "planning.md").read_text("utf-8")


def _blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def street(tmp_path, monkeypatch):
    """The graph and the profiles that docs/planning.md shows."""
    graph, profiles = _blocks("yaml")[:2]
    (tmp_path / "street.yaml").write_text(graph)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "street.yaml").write_text(profiles)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_plan_that_the_page_shows_is_printed_so(street, capsys):
    assert main(["plan", "street.yaml"]) == 0
    assert capsys.readouterr().out == _blocks("text")[0]


def test_the_json_has_the_same_figures(street, capsys):
    assert main(["plan", "street.yaml", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["graph"] == "street"
    link = plan["links"][0]
    assert (link["link"], link["per_second"], link["bytes_per_second"]) == (
        "gate.frames->lake.media",
        15,
        900_000,
    )
    (people,) = plan["analyzers"]
    assert (people["seconds_per_second"], people["replicas"], people["replicas_needed"]) == (1.2, 2, 2)
    assert plan["lakes"][0]["held_bytes"] == 900_000 * 7 * 86400
    for path in plan["paths"]:
        known = sum(part["seconds"] for part in path["parts"])
        assert path["seconds"] == pytest.approx(known)
    assert [site["site"] for site in plan["sites"]] == ["gatehouse", None]


def test_every_key_of_the_json_is_told_on_the_page(street, capsys):
    main(["plan", "street.yaml", "--json"])
    keys = set()

    def collect(value):
        if isinstance(value, dict):
            keys.update(value)
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                collect(each)

    collect(json.loads(capsys.readouterr().out))
    assert {key for key in keys if f"`{key}`" not in _PAGE} == set()


def test_what_is_not_known_is_marked_with_the_command_that_tells_it(tmp_path, capsys):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, PEOPLE, LAKE], ["gate -> [people, lake]"]))
    assert main(["plan", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "gate.frames->lake.media    durable   ?     ?     ?\n" in shown
    assert shown.endswith(
        "Not known (? above):\n"
        "  gate: rate, bytes (its option rate tells the rate)\n"
        "  people: seconds, bytes\n"
        f"iomt tune {path} gate people  # measures them here\n"
    )
    assert main(["plan", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["links"][0]["per_second"] is None


def test_a_broken_budget_is_planned_and_ends_with_1(street, capsys):
    text = (street / "street.yaml").read_text()
    (street / "street.yaml").write_text(text.replace("latency: 1s", "latency: 50ms"))
    assert main(["plan", "street.yaml"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("LINK")
    assert "error[latency-promise]" in told.err


def test_a_queue_without_end_is_said_in_text_and_in_json(street, capsys):
    text = (street / "street.yaml").read_text()
    (street / "street.yaml").write_text(text.replace("replicas: 2, ", ""))
    assert main(["plan", "street.yaml"]) == 1
    assert "queue without end" in capsys.readouterr().out
    main(["plan", "street.yaml", "--json"])
    plan = json.loads(capsys.readouterr().out)
    assert [(path["endless"], path["seconds"]) for path in plan["paths"] if path["endless"]] == [(True, None)]


def test_a_graph_with_errors_has_no_plan(tmp_path, capsys):
    path = tmp_path / "graph.yaml"
    path.write_text(graph_text([GATE, LAKE], ["gate -> lak"]))
    assert main(["plan", str(path)]) == 1
    told = capsys.readouterr()
    assert (told.out, "error[unknown-node]" in told.err) == ("", True)
