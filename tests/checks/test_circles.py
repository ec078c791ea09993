"""Circles in a graph of names."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from iomt.checks.circles import circles


@dataclass(frozen=True)
class Arrow:
    start: str
    end: str


_ARROWS = st.lists(st.builds(Arrow, st.sampled_from("abcdef"), st.sampled_from("abcdef")), unique=True)


def _of(text):
    return [Arrow(*pair) for pair in text.split()]


def _names(found):
    return ["".join(each.start for each in circle) for circle in found]


def _has_circle(arrows):
    """By taking away what nothing leads to, until nothing more goes."""
    left = set(arrows)
    while inner := {each for each in left if each.start in {other.end for other in left}}:
        if inner == left:
            return True
        left = inner
    return False


def test_a_way_without_a_circle_has_none():
    assert _names(circles(_of("ab ac bd cd de"))) == []


def test_each_of_several_circles_is_found():
    assert _names(circles(_of("ab ba bc cd db xy yx"))) == ["ab", "bcd", "xy"]


def test_two_circles_through_one_name_are_two():
    assert _names(circles(_of("ab ba ac ca"))) == ["ab", "ac"]


def test_a_circle_behind_a_long_way_in_begins_where_it_is_closed():
    assert _names(circles(_of("ab bc cd dc"))) == ["cd"]


def test_a_circle_of_ten_thousand_is_found_without_recursion():
    names = [str(number) for number in range(10_000)]
    (circle,) = circles([Arrow(*pair) for pair in zip(names, names[1:] + names[:1], strict=True)])
    assert len(circle) == 10_000


@given(_ARROWS)
def test_what_is_found_are_circles_without_a_common_arrow_and_none_is_left(arrows):
    found = list(circles(arrows))
    taken = [arrow for circle in found for arrow in circle]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(arrows)
    for circle in found:
        starts = [each.start for each in circle]
        assert len(set(starts)) == len(starts)
        assert [each.end for each in circle] == starts[1:] + starts[:1]
    assert not _has_circle(set(arrows) - set(taken))
