"""What `iomt grants` prints, and what programs get of it."""

import json
from pathlib import Path

import pytest

from iomt.cli import FOUND_ERRORS, OK, main
from tests.graphs import GATE, LAKE, LOG, PEOPLE, WALL, graph_text

_NODES = [GATE, LAKE, PEOPLE, LOG, WALL]
_LINKS = ["gate -> lake -> people", "people -> log", "{from: gate, to: wall, transport: http}"]

_TEXT = """\
street.yaml: what is not listed is refused

gate  :6
  publish              iomt.street.gate.frames                                      gate.frames->lake.media      :12
  subscribe            _INBOX.street.gate.>                                         gate.frames->lake.media      :12
  connect              the broker                                                   for what stands above

lake  :7
  publish              iomt.street.lake.objects                                     lake.objects->people.media   :12
  publish              $JS.API.CONSUMER.MSG.NEXT.street_gate_frames.lake_media      gate.frames->lake.media      :12
  publish              $JS.ACK.street_gate_frames.lake_media.>                      gate.frames->lake.media      :12
  subscribe            _INBOX.street.lake.>                                         gate.frames->lake.media      :12
  list get put delete  s3://street-lake/*                                           its own bucket               :7
  connect              the broker                                                   for what stands above
  connect              the object store                                             for what stands above

people  :8
  publish              iomt.street.people.results                                   people.results->log.results  :13
  subscribe            _INBOX.street.people.>                                       people.results->log.results  :13
  subscribe            iomt.street.lake.objects                                     lake.objects->people.media   :12
  list get             s3://street-lake/*                                           lake.objects->people.media   :12
  connect              the broker                                                   for what stands above
  connect              the object store                                             for what stands above
  connect              the model hub                                                model hustvl/yolos-tiny      :8

log  :9
  publish              $JS.API.CONSUMER.MSG.NEXT.street_people_results.log_results  people.results->log.results  :13
  publish              $JS.ACK.street_people_results.log_results.>                  people.results->log.results  :13
  subscribe            _INBOX.street.log.>                                          people.results->log.results  :13
  list get put delete  s3://street-log/*                                            its own bucket               :9
  connect              the broker                                                   for what stands above
  connect              the object store                                             for what stands above

wall  :10
  connect              gate                                                         gate.frames->wall.frames     :14
  listen               people, who open its page                                    its page                     :10

_bootstrap  makes streams, consumers, buckets and accounts before the devices start; hears no media (14 requests, see --json)
_observer  reads how far the durable links are, for the books of `iomt run`; hears no media (4 requests, see --json)
"""  # noqa: E501


@pytest.fixture(autouse=True)
def graph(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("street.yaml")
    path.write_text(graph_text(_NODES, _LINKS))
    return path


def test_each_device_is_listed_with_all_it_may_do_and_the_lines_it_comes_from(capsys):
    assert main(["grants", "street.yaml"]) == OK
    out, _ = capsys.readouterr()
    assert out == _TEXT


def test_programs_get_the_same_as_json(capsys):
    assert main(["grants", "street.yaml", "--json"]) == OK
    document = json.loads(capsys.readouterr().out)
    people = next(each for each in document["devices"] if each["name"] == "people")
    assert people["objects"] == [
        {
            "bucket": "street-lake",
            "prefix": "",
            "verbs": ["list", "get"],
            "reasons": [{"what": "lake.objects->people.media", "origin": "street.yaml:12"}],
        }
    ]
    asked = {each["subject"] for each in document["observer"]["publish"]}
    assert "$JS.API.CONSUMER.INFO.street_gate_frames.*" in asked


def test_a_graph_with_an_error_has_no_grants(graph, capsys):
    graph.write_text(graph_text(_NODES, ["gaet -> lake"]))
    assert main(["grants", "street.yaml"]) == FOUND_ERRORS
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[unknown-node]" in err
