"""Profiles: in a declaration, and measured ones beside the graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomt.catalogue.declaration import NO_PROFILE, Profile
from iomt.catalogue.load import load_catalogue
from iomt.catalogue.measured import read_profiles
from iomt.catalogue.measured_text import measured_text
from iomt.checks import check
from tests.graphs import GATE, LAKE, check_text, graph_text, printed

HEAD = "apiVersion: iomt.dev/v1\nkind: Profiles\nspec:\n"

figures = st.floats(1e-4, 1e4)
counts = st.integers(1, 10**12)
profiles = st.builds(
    Profile,
    rate=st.none() | figures, bytes=st.none() | counts, seconds=st.none() | figures,
    slowest=st.none() | figures, memory=st.none() | st.integers(2**20, 2**40), cores=st.none() | figures,
    startup=st.none() | figures, machine=st.sampled_from(["", "2 cores, x86_64", 'a "word"']),
)  # fmt: skip


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), profiles, min_size=1))
def test_what_is_written_reads_back_to_three_digits(tmp_path_factory, before):
    path = tmp_path_factory.mktemp("profiles") / "street.yaml"
    path.write_text(measured_text(before))
    after = read_profiles(path)
    assert not after.findings
    assert after.profiles.keys() == before.keys()
    for name, was in before.items():
        now = after.profiles[name]
        assert (now.bytes, now.machine) == (was.bytes, was.machine)
        for key in ("rate", "seconds", "slowest", "cores", "startup", "memory"):
            value, step = getattr(was, key), 2**20 if key == "memory" else 0
            assert getattr(now, key) == (value and pytest.approx(value, rel=0.006, abs=step))


def test_what_was_measured_wins_over_what_is_declared():
    measured, declared = Profile(seconds=0.2, machine="2 cores"), Profile(seconds=0.1, rate=5.0)
    assert measured.over(declared) == Profile(seconds=0.2, rate=5.0, machine="2 cores")
    assert NO_PROFILE.over(declared) == declared


def test_a_graph_has_the_profiles_of_the_file_beside_it_by_its_name(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "street.yaml").write_text(HEAD + "  gate: {rate: 12/s, bytes: 9k}\n")
    checked = check_text(tmp_path, graph_text([GATE, LAKE], ["gate -> lake"]))
    assert not checked.findings
    gate = checked.resolved.nodes["gate"].profile
    assert (gate.rate, gate.bytes) == (12, 9000)
    # The device's own figure stays where nothing was measured.
    assert gate.seconds == load_catalogue([])[0].device("usb-camera").profile.seconds


def test_a_mistake_in_the_profiles_is_told_at_its_place(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "street.yaml").write_text(HEAD + "  gate: {rate: 12, secnds: 9ms}\n")
    shown = printed(tmp_path, graph_text([GATE, LAKE], ["gate -> lake"]))
    assert "error[bad-quantity]: rate 12 has no unit\n --> profiles/street.yaml:4:16\n" in shown
    assert "error[unknown-key]: gate has no key secnds" in shown
    assert "did you mean seconds?" in shown


@pytest.mark.parametrize("name", ["a" * 5000, '"\\0"', '"../up"'])
def test_a_name_that_no_file_can_have_has_no_profiles(tmp_path, name):
    text = graph_text([GATE, LAKE], ["gate -> lake"]).replace("name: street", f"name: {name}")
    assert "bad-name" in {each.rule for each in check_text(tmp_path, text).findings}


def test_a_declaration_may_have_a_profile(tmp_path):
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "mine.yaml").write_text(
        "apiVersion: iomt.dev/v1\nkind: MSensor\nmetadata: {name: mine}\nspec:\n  summary: Mine.\n"
        "  runtime: mine:Mine\n  produces: {frames: {media: [image/jpeg]}}\n"
        "  profile: {rate: 6/min, bytes: 2Mi, memory: 100Mi, cores: 250m}\n"
    )
    text = graph_text(["gate: {kind: MSensor, device: mine}", LAKE], ["gate -> lake"])
    (tmp_path / "graph.yaml").write_text(text)
    profile = check(str(tmp_path / "graph.yaml")).resolved.nodes["gate"].profile
    assert profile == Profile(rate=0.1, bytes=2 * 2**20, memory=100 * 2**20, cores=0.25)
