"""What a message waits for a node that sleeps."""

import math

import pytest

from iomt.catalogue.declaration import Profile
from iomt.language.graph import Autoscale
from tests.budget.test_flows import reckon
from tests.graphs import GATE, LOG, PEOPLE

_LINKS = ["{from: gate, to: people, delivery: durable}", "people -> log"]
_SLEEPS = {"people": {"autoscale": Autoscale(0, 1, "lag", 20.0)}}
_PEOPLE = Profile(seconds=2.0, startup=9.0)


def _cold(rate, people=_PEOPLE, changed=None):
    profiles = {"gate": Profile(rate=rate), "people": people}
    return reckon([GATE, PEOPLE, LOG], _LINKS, profiles, changed or _SLEEPS).colds


def test_the_average_is_between_cold_and_warm_by_the_share_that_meets_it_asleep():
    (cold,) = _cold(1 / 120)
    assert cold.share == pytest.approx(1 / math.e)
    assert cold.cold == 10 + 3 + 9 + 2
    # One message in 60 services: u = 1/60, the wait u / (2 (1 - u)) of 2 s.
    assert cold.warm == pytest.approx(2 + 2 / 118)
    assert cold.expected == pytest.approx(24 / math.e + (1 - 1 / math.e) * (2 + 2 / 118))


def test_who_gets_a_message_every_second_never_sleeps():
    (cold,) = _cold(0.4)
    assert cold.share < 1e-20
    assert cold.expected == pytest.approx(cold.warm)


def test_what_nobody_measured_is_not_known():
    (cold,) = _cold(None, Profile())
    assert (cold.share, cold.cold, cold.warm, cold.expected) == (None, None, None, None)


def test_a_storage_sleeps_too():
    changed = {"log": {"autoscale": Autoscale(0, 1, "lag", 20.0)}}
    (cold,) = _cold(1 / 120, changed=changed)
    assert (cold.node.node.name, cold.share) == ("log", pytest.approx(1 / math.e))
    assert cold.expected is None


def test_who_has_always_one_does_not_sleep():
    assert _cold(1.0, changed={"people": {"autoscale": Autoscale(1, 4, "lag", 20.0)}}) == ()
