"""`iomt rollback` on a real API server; what kubelets say is pretended, since no pod needs to run for it."""

import json

import pytest

from tests.cluster.api_server import NEEDED
from tests.cluster.pretender import Pretender

pytestmark = NEEDED


@pytest.fixture
def site(street):
    """Its devices want a machine that there is not, so that no real kubelet takes them."""
    street.edit("spec:\n", "spec:\n  sites: {nowhere: {selector: {iomt-test/nowhere: here}}}\n")
    for node in ("gate", "lake", "wall"):
        street.edit(f"{node}: {{kind", f"{node}: {{site: nowhere, kind")
    street.iomt("apply", "--no-wait", "--volume", "none")
    with Pretender(street.name, but="more"):
        yield street


def _ready(street, *words):
    code, out, err = street.iomt("apply", "--volume", "none", "--timeout", "60s", *words)
    assert code == 0, out + err
    return out


def _listed(street):
    code, out, _ = street.iomt("rollback", "--list", "--json")
    assert code == 0
    return {each["revision"]: each["applied"] for each in json.loads(out)}


def _retain(street):
    return json.loads(street.object("configmap/lake")["data"]["settings.json"])["options"].get("retain")


def test_each_form_that_was_ready_is_kept_once_and_one_that_was_not_never(site):
    _ready(site)
    _ready(site)
    site.edit("device: object-lake", "device: object-lake, options: {retain: 7d}")
    site.iomt("apply", "--no-wait", "--volume", "none")
    assert _listed(site) == {1: False}
    _ready(site)
    assert _listed(site) == {1: False, 2: True}


def test_going_back_is_to_what_was_ready_before_and_again_forth(site):
    _ready(site)
    site.edit("device: object-lake", "device: object-lake, options: {retain: 7d}")
    _ready(site)
    assert _retain(site) == "7d"
    code, out, err = site.iomt("rollback", "--timeout", "60s")
    assert code == 0, err
    assert "going back to revision 1 of " in out
    assert "changed   deployment/lake\n" in out
    assert _retain(site) is None
    assert _listed(site) == {2: False, 3: True}
    assert site.iomt("rollback", "--timeout", "60s")[0] == 0
    assert _retain(site) == "7d"


def test_the_file_may_be_what_has_to_be_undone(site):
    _ready(site)
    good = site.path.read_text()
    site.edit("device: object-lake", "device: object-lake, options: {retain: 7d}")
    _ready(site)
    site.edit("[lake, wall]", "[lkae, wall]")
    code, out, err = site.iomt("rollback", "--show")
    assert (code, err) == (0, "")
    assert out == good
    assert site.iomt("rollback", "--timeout", "60s")[0] == 0
    assert _retain(site) is None


def test_a_failed_apply_goes_back_by_itself_and_takes_with_it_what_it_made(site):
    _ready(site)
    site.edit("device: object-lake", "device: object-lake, options: {retain: 7d}")
    site.edit("    wall:", "    more: {site: nowhere, kind: MActuator, device: monitor}\n    wall:")
    site.edit("[lake, wall]", "[lake, wall, more]")
    code, out, err = site.iomt("apply", "--volume", "none", "--timeout", "4s", "--rollback-on-failure")
    assert code == 1
    assert "not ready: more (street.yaml:9): no node takes its pod: " in err
    assert "pruned    deployment/more\n" in out
    assert "pruned    secret/iomt-credentials.more\n" in out
    assert out.splitlines()[-1] == "revision 1 is ready again"
    assert _retain(site) is None
    assert "more" not in {name for _, name in site.versions()}
    assert _listed(site) == {1: True}


def test_there_is_nothing_to_go_back_to_at_first(site):
    code, _, err = site.iomt("rollback")
    assert code == 1
    assert f"graph {site.name} in namespace {site.name}: none is kept" in err
    _ready(site)
    code, _, err = site.iomt("rollback")
    assert code == 1
    assert "no other form of it was ever ready here" in err
    code, _, err = site.iomt("rollback", "--to", "7")
    assert code == 1
    assert "no revision 7: there are 1" in err


@pytest.mark.slow
def test_ten_are_kept(site):
    for days in range(1, 13):
        site.edit("device: object-lake", f"device: object-lake, options: {{retain: {days}d}}")
        _ready(site)
        site.edit(f", options: {{retain: {days}d}}", "")
    assert list(_listed(site)) == list(range(12, 2, -1))


def test_a_deleted_graph_leaves_no_revisions(site):
    _ready(site)
    code, out, err = site.iomt("delete", "--yes", "--timeout", "60s")
    assert code == 0, err
    assert f"deleted   namespace/{site.name}" in out
