"""The clock here is a twin: drift over hours and a sleeping laptop cannot be waited for."""

import pytest

from iomt.runtime.sensors.pacing import Pacer


class Clock:
    """Sleeps without sleeping, each time a little too long, as real ones do."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds + 0.003


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pacer(clock: Clock) -> Pacer:
    return Pacer(clock=clock, sleep=clock.sleep)


def test_late_wake_ups_never_add_up(clock: Clock, pacer: Pacer) -> None:
    for number in range(30 * 3600):
        pacer.wait(number / 30)
        clock.now += 0.005  # the frame is handled
    assert clock.now - 1000 == pytest.approx((30 * 3600 - 1) / 30, abs=0.02)


def test_loops_follow_each_other_without_a_gap_or_an_overlap(clock: Clock, pacer: Pacer) -> None:
    begun = []
    for _ in range(100):
        pacer.wait(0.2)  # clips need not begin at 0
        begun.append(clock.now)
        pacer.wait(0.3)
        pacer.restart(lead=0.1)
    assert begun[99] - begun[0] == pytest.approx(99 * 0.2, abs=0.01)


def test_a_slow_reader_is_caught_up_with(clock: Clock, pacer: Pacer) -> None:
    pacer.wait(0.0)
    clock.now += 1.0
    for number in range(1, 21):
        pacer.wait(number / 10)
    assert clock.now - 1000 == pytest.approx(2.0, abs=0.01)


def test_what_a_sleeping_laptop_missed_is_not_given_in_one_burst(clock: Clock, pacer: Pacer) -> None:
    pacer.wait(0.0)
    clock.now += 3600
    woke = clock.now
    for number in range(1, 11):
        pacer.wait(number / 10)
    assert clock.now - woke == pytest.approx(0.9, abs=0.01)


def test_a_jump_of_the_timestamps_is_shortened_below_the_watchdog(clock: Clock, pacer: Pacer) -> None:
    pacer.wait(0.0)
    pacer.wait(95443.7)
    assert clock.now - 1000 == pytest.approx(4.0, abs=0.01)
    pacer.wait(0.1)  # and back
    pacer.wait(0.2)
    assert clock.now - 1000 == pytest.approx(4.1, abs=0.01)
