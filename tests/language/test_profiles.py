"""Profiles: what is laid on a graph where it is asked for."""

import pytest

from iomt.checks import check
from iomt.checks.profiles import check_with_profiles
from iomt.cli import FOUND_ERRORS, OK, main
from iomt.diagnostics.text import render
from tests.graphs import GATE, LAKE, WALL, graph_text


def _file(folder, profiles, *more):
    path = folder / "graph.yaml"
    text = graph_text([GATE, LAKE, WALL, *more], ["gate -> [lake, wall]"])
    path.write_text(text.replace("spec:\n", f"spec:\n  profiles: {profiles}\n", 1))
    return str(path)


def _told(checked):
    return render(checked.findings, checked.lines)


def test_a_profile_is_laid_on_the_graph_like_another_file(tmp_path):
    path = _file(
        tmp_path, "{dev: {nodes: {wall: null, lake: {options: {retain: 1h}}}, links: [gate -> log]}}"
    )
    plain, dev = check(path).resolved, check(path, profile="dev")
    assert list(plain.nodes) == ["gate", "lake", "wall"]
    assert dev.resolved is None
    assert "there is no node called log" in _told(dev)


def test_without_a_node_its_links_are_gone_and_options_are_laid_on_options(tmp_path):
    path = _file(tmp_path, "{dev: {nodes: {wall: null, lake: {options: {retain: 1h}}}}}")
    dev = check(path, profile="dev").resolved
    assert list(dev.nodes) == ["gate", "lake"]
    assert [link.target.node.name for link in dev.links] == ["lake"]
    assert dev.nodes["lake"].options["retain"] == "1h"
    assert check(path).resolved.nodes["lake"].options != dev.nodes["lake"].options


def test_a_link_of_a_profile_replaces_the_one_with_equal_ends(tmp_path):
    path = _file(tmp_path, "{dev: {links: [{from: gate, to: wall, max_rate: 1/s}]}}")
    (link,) = (each for each in check(path, profile="dev").resolved.links if each.target.node.name == "wall")
    assert link.max_rate == 1.0


@pytest.mark.parametrize(
    ("profiles", "told"),
    [
        ("[dev]", "profiles must be a map, found a list"),
        ("{dev: 3}", "profile dev must be a map, found the number 3"),
        ("{dev: {nods: {}}}", "profile dev has no key nods"),
        ("{dev: {profiles: {}}}", "profile dev has no key profiles"),
        ("{Dev: {}}", "Dev cannot be the name of a profile"),
        (
            "{dev: {nodes: {gate: {options: {qality: 3}}}}}",
            "with profile dev: usb-camera has no option qality",
        ),
    ],
)
def test_what_is_wrong_with_a_profile_is_told_by_a_check_of_the_graph(tmp_path, profiles, told):
    assert told in _told(check_with_profiles(_file(tmp_path, profiles)).graph)


def test_what_is_wrong_anyway_is_told_once(tmp_path):
    path = _file(tmp_path, "{dev: {}, prod: {}}", "idle: {kind: MStorage, device: object-lake}")
    told = [each.message for each in check_with_profiles(path).graph.findings if each.rule == "unused-node"]
    assert told == ["nothing is linked to idle"]


def test_a_silencer_that_one_profile_needs_is_not_unused(tmp_path):
    path = _file(tmp_path, "{dev: {nodes: {}}}")
    text = (tmp_path / "graph.yaml").read_text()
    allowed = "  profiles:\n    dev:\n      nodes:\n        idle: {kind: MStorage, device: object-lake}"
    comment = "  # iomt: allow unused-node because it comes later"
    (tmp_path / "graph.yaml").write_text(text.replace("  profiles: {dev: {nodes: {}}}", allowed + comment))
    assert [each.rule for each in check(path).findings] == ["unused-silencer"]
    assert check_with_profiles(path).graph.findings == []


def test_a_profile_that_is_not_there_is_told_with_the_one_that_was_meant(tmp_path, capsys):
    path = _file(tmp_path, "{staging: {}}")
    assert main(["check", path, "--profile", "stagin"]) == FOUND_ERRORS
    out = capsys.readouterr().out
    assert "error[unknown-profile]: there is no profile called stagin" in out
    assert "did you mean staging?" in out


def test_other_verbs_take_a_profile(tmp_path, capsys):
    path = _file(tmp_path, "{dev: {nodes: {wall: null}}}")
    assert main(["grants", path, "--profile", "dev"]) == OK
    assert "wall" not in capsys.readouterr().out


def test_keys_of_a_profile_are_put_in_the_order_of_the_language(tmp_path):
    path = _file(tmp_path, "{dev: {links: [gate -> wall], nodes: {lake: {options: {retain: 1h}, site: a}}}}")
    assert main(["fmt", path]) == OK
    text = (tmp_path / "graph.yaml").read_text()
    assert "{dev: {nodes: {lake: {site: a, options: {retain: 1h}}}, links: [gate -> wall]}}" in text
