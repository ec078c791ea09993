"""``max_rate``: how many pass, and how evenly."""

from iomt.runtime.inputs.thinning import Thinning

SECOND = 10**9


def passed(rate: float, offered: int, seconds: int = 10) -> int:
    thinning = Thinning(rate)
    step = SECOND // offered
    return sum(thinning.passes(1 + number * step) for number in range(offered * seconds))


def test_without_a_rate_all_pass_even_out_of_order() -> None:
    thinning = Thinning(0)
    assert all(thinning.passes(when) for when in (5, 3, 9, 1))


def test_thirty_a_second_thinned_to_twenty_gives_twenty() -> None:
    assert abs(passed(20, 30) - 200) <= 1


def test_a_slower_source_passes_whole() -> None:
    assert passed(10, 5) == 50


def test_after_a_silence_there_is_no_burst() -> None:
    thinning = Thinning(10)
    assert thinning.passes(SECOND)
    burst = [thinning.passes(100 * SECOND + number) for number in range(50)]
    assert sum(burst) <= 2
