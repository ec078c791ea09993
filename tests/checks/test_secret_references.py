"""Options that refer to a secret are checked as far as anybody can without its text."""

import pytest

from iomt.contract.secret import Reference, reference
from tests.graphs import GATE, LAKE, PEOPLE, check_text, graph_text, rules


def _camera(folder, url, device="rtsp-camera", option="url"):
    node = f"gate: {{kind: MSensor, device: {device}, options: {{{option}: {url}}}}}"
    return rules(folder, graph_text([node, LAKE], ["gate -> lake"]))


@pytest.mark.parametrize("url", ["{secret: gate}", "{secret: gate/url}", "{secret: a.b-c/URL_1}"])
def test_a_text_may_be_a_secret_whatever_its_pattern(tmp_path, url):
    assert _camera(tmp_path, url) == []


@pytest.mark.parametrize("name", ["Gate", "a/b/c", "5", "a/..", ""])
def test_what_names_no_secret_is_told(tmp_path, name):
    assert _camera(tmp_path, f"{{secret: {name}}}") == ["bad-secret"]


def test_a_number_is_no_secret(tmp_path):
    assert _camera(tmp_path, "{secret: gate}", "usb-camera", "quality") == ["bad-option"]


def test_a_secret_and_a_mistake_beside_it(tmp_path):
    node = "gate: {kind: MSensor, device: rtsp-camera, options: {url: {secret: gate}, qualty: 3}}"
    (finding,) = check_text(tmp_path, graph_text([node, LAKE], ["gate -> lake"])).findings
    assert (finding.message, finding.span.column) == ("rtsp-camera has no option qualty", 79)


def test_in_a_list_of_labels_it_is_no_label(tmp_path):
    node = PEOPLE.replace("}", ", options: {labels: [{secret: a}]}}")
    assert rules(tmp_path, graph_text([GATE, node], ["gate -> people"])) == []


def test_a_reference_without_a_key_means_value():
    assert reference({"secret": "gate"}) == Reference("gate", "value")
    assert reference({"secret": "gate"}).file == "secrets/gate/value"
    assert reference({"secret": "gate", "more": 1}) is None
