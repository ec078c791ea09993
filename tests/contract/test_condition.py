from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomt.contract.condition import MAX_DEPTH, MAX_LENGTH, BadCondition, parse
from iomt.contract.expression import All, AnyOf, Comparison, Count, Expression, Not, Number, Score, SourceIs
from iomt.contract.results import Item, Result
from iomt.contract.watch import Watch

SECOND = 1_000_000_000


def result(*items: tuple[str, float], source: str = "gate", at: float = 1.0, node: str = "people") -> Result:
    found = tuple(Item(label, score) for label, score in items)
    return Result(node, source, 1, round(at * SECOND), "object-detection", "m", "", 0.01, 640, 480, found)


def refusal(text: str) -> BadCondition:
    with pytest.raises(BadCondition) as caught:
        parse(text)
    error = caught.value
    assert 0 <= error.offset <= len(text)
    assert error.offset + error.length <= len(text)
    return error


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("count(person) > 1", True),
        ("count(person) > 2", False),
        ("count(person, 0.8) == 1", True),
        ("count(red box) >= 1", True),
        ('count("red box") >= 1', True),
        ("count('red   box') >= 1", False),
        ("count( red   box ) >= 1", True),
        ("count(*) == 3", True),
        ("count(*, .95) == 0", True),
        ("3 <= count(*)", True),
        ("count(person) > count(red box)", True),
        ("score(person) > 0.85", True),
        ("score(cat) > 0", False),
        ("score(cat) == 0", True),
        ("score(*) != 0.9", False),
        ('source == "gate"', True),
        ("source != 'gate'", False),
        ('source == "lobby" or count(person) > 1', True),
        ('source == "gate" and count(cat) > 0', False),
        ("not count(cat) > 0", True),
        ("not (count(cat) > 0 or count(person) > 1)", False),
        ("count(cat) > 0 and count(cat) > 0 or count(person) > 1", True),
        ("count(cat) > 0 and (count(cat) > 0 or count(person) > 1)", False),
    ],
)
def test_a_condition_holds_of_a_result_as_it_reads(text: str, holds: bool) -> None:
    assert parse(text).holds(result(("person", 0.9), ("person", 0.7), ("red box", 0.6))) is holds


def test_a_condition_names_its_labels_sources_and_hold_time() -> None:
    text = 'count(traffic light) > 1 and score("cat, big") > 0.5 or count(*) > 9 and source == "a" for 1m30s'
    condition = parse(text)
    assert condition.labels == {"traffic light", "cat, big"}
    assert condition.sources == {"a"}
    assert condition.hold_seconds == 90
    assert condition.text == text


@pytest.mark.parametrize(
    "text", ["count(person) > 2 for 500ms", "count(person)>2 for  500ms ", "count(person) > 2for 500ms"]
)
def test_the_hold_time_is_read_whatever_the_spacing(text: str) -> None:
    assert parse(text).hold_seconds == 0.5


def test_a_label_may_hold_words_of_the_language() -> None:
    assert parse("count(hand or foot) > 0").labels == {"hand or foot"}


@pytest.mark.parametrize(
    ("text", "says", "offset", "length"),
    [
        ("", "the condition ends here", 0, 0),
        ("count(person)", "expected a comparison after `count(person)`", 12, 1),
        ("count(person) > ", "but the condition ends here", 15, 1),
        ("count(person) > == 2", "found `=`", 16, 1),
        ("count(person) = 2", "`=` is written `==`", 14, 1),
        ("count(a) > 1 && count(b) > 1", "`&&` is written `and`", 13, 2),
        ("count(a) > 1 AND count(b) > 1", "`AND` is written `and`", 13, 3),
        ("!count(a) > 1", "`!` is written `not`", 0, 1),
        ("1 < count(a) < 3", "write `1 < count(a) and ...`", 13, 1),
        ("3 > 2", "two fixed numbers", 0, 5),
        ("score(person) > 80", "a score is 0 to 1", 0, 18),
        ("count(person, 80) > 1", "a score is 0 to 1", 14, 2),
        ("count(person, big) > 1", "label with a comma in it stands in quotes", 14, 3),
        ("count() > 1", "expected a label", 6, 1),
        ("count person > 1", "expected ( after `count`", 6, 6),
        ("count(person > 1", "expected )", 13, 1),
        ("count(person", "never closed", 5, 1),
        ("(count(person) > 1", "this ( is never closed", 0, 1),
        ("count(person) > 1)", "this ) has no (", 17, 1),
        ("count('person) > 1", "this ' is never closed", 6, 12),
        ("count('') > 1", "name is expected between the quotes", 6, 2),
        ("person > 2", "expected count(LABEL), score(LABEL) or a number, found `person`", 0, 6),
        ("count(a) > -1", "found `-`", 11, 1),
        ("count(a) > 9999999999", "numbers go up to", 11, 10),
        ("count(a) > 1 for", "expected a duration after `for`", 15, 1),
        ("count(a) > 1 for ever", "'ever' is no duration", 17, 4),
        ("count(a) > 1 for 3s and count(b) > 1", "is no duration", 17, 19),
        ("(count(a) > 1 for 3s) or count(b) > 1", "write it once, at the very end", 14, 3),
        ("source == gate", "name of a sensor in quotes", 10, 4),
        ('source > "gate"', "compare it with == or !=", 7, 1),
        ("count(a) > 1 count(b) > 1", "expected `and`, `or`, `for` or the end, found `count`", 13, 5),
        ("__import__('os').system('ls')", "found `__import__`", 0, 10),
    ],
)
def test_a_mistake_says_what_was_expected_and_where(text: str, says: str, offset: int, length: int) -> None:
    error = refusal(text)
    assert says in error.message
    assert (error.offset, error.length) == (offset, length)


def test_depth_and_length_are_bounded() -> None:
    assert parse("(" * MAX_DEPTH + "count(a) > 1" + ")" * MAX_DEPTH)
    assert (
        "inside each other" in refusal("(" * (MAX_DEPTH + 1) + "count(a) > 1" + ")" * (MAX_DEPTH + 1)).message
    )
    assert "inside each other" in refusal("not " * 400 + "count(a) > 1").message
    assert "at most" in refusal("count(a) > 1" + " " * MAX_LENGTH).message


PIECES = ["count", "score", "source", "(", ")", ",", "*", "person", "'red", "box'", '"', "'", "0.5", "3"]
PIECES += [">", ">=", "==", "=", "!=", "and", "or", "not", "for", "3s", "&", "|", "!", "\t", "\n", "é", "٣"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_text_is_a_condition_or_a_mistake_within_it(text: str) -> None:
    try:
        parse(text)
    except BadCondition:
        assert refusal(text).message


labels = st.text(st.characters(exclude_characters='"'), min_size=1, max_size=12).filter(str.strip)
scores = st.integers(0, 100).map(lambda percent: percent / 100)
amounts = st.one_of(st.builds(Count, labels, scores), st.builds(Score, labels))
comparisons = st.one_of(
    st.builds(Comparison, amounts, st.sampled_from([">", ">=", "<", "<=", "==", "!="]), scores.map(Number)),
    st.builds(Comparison, amounts, st.just(">"), amounts),
    st.builds(SourceIs, labels),
)


def _terms(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


expressions: st.SearchStrategy[Any] = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(Not, inner), st.builds(All, _terms(inner)), st.builds(AnyOf, _terms(inner))
    ),
    max_leaves=6,
)


def printed(part: Any) -> str:
    match part:
        case Number(value):
            return f"{value}"
        case Count(label, least):
            return f'count("{label}", {least})'
        case Score(label):
            return f'score("{label}")'
        case Comparison(left, sign, right):
            return f"{printed(left)} {sign} {printed(right)}"
        case SourceIs(name):
            return f'source == "{name}"'
        case Not(term):
            return f"not ({printed(term)})"
        case All(terms):
            return " and ".join(f"({printed(term)})" for term in terms)
        case AnyOf(terms):
            return " or ".join(f"({printed(term)})" for term in terms)
    raise AssertionError(part)


@given(expressions)
def test_what_is_printed_reads_back_the_same(expression: Expression) -> None:
    assert parse(printed(expression)).expression == expression


def fired(watch: Watch, truths: list[tuple[float, int]], **about: str) -> list[float]:
    """Capture seconds at which the watch fires, fed (seconds, number of persons)."""
    times = []
    for at, persons in truths:
        firing = watch.update(result(*[("person", 0.9)] * persons, at=at, **about))
        if firing:
            times.append(firing.result.captured_ns / SECOND)
    return times


def test_a_watch_fires_once_when_the_condition_becomes_true() -> None:
    watch = Watch(parse("count(person) >= 1"))
    assert fired(watch, [(1, 0), (2, 1), (3, 1), (4, 2), (5, 0), (6, 1)]) == [2, 6]


def test_a_condition_that_is_true_of_the_first_result_fires() -> None:
    assert fired(Watch(parse("count(person) >= 1")), [(1, 1), (2, 1)]) == [1]


def test_a_watch_waits_until_the_condition_held_for_its_time() -> None:
    watch = Watch(parse("count(person) >= 1 for 3s"))
    steps = [
        (1, 1),
        (2, 1),
        (3, 0),
        (4, 1),
        (5, 1),
        (6, 1),
        (6.9, 1),
        (7, 1),
        (8, 1),
        (9, 0),
        (10, 1),
        (13, 1),
    ]
    assert fired(watch, steps) == [7, 13]


def test_a_firing_says_since_when_it_is_true() -> None:
    watch = Watch(parse("count(person) >= 1 for 1s"))
    assert watch.update(result(("person", 0.9), at=4)) is None
    firing = watch.update(result(("person", 0.9), at=5))
    assert firing is not None
    assert firing.since_ns == 4 * SECOND


def test_every_fires_again_while_the_condition_stays_true() -> None:
    watch = Watch(parse("count(person) >= 1"), every_seconds=2)
    assert fired(watch, [(1, 1), (2, 1), (3, 1), (4, 1), (5.5, 1), (6, 0), (6.5, 1)]) == [1, 3, 5.5, 6.5]


def test_results_that_are_not_newer_change_nothing() -> None:
    watch = Watch(parse("count(person) >= 1"))
    assert fired(watch, [(5, 1), (4, 0), (5, 0), (6, 1)]) == [5]


def test_sources_and_analyzers_are_followed_apart() -> None:
    watch = Watch(parse("count(person) >= 1"))
    assert fired(watch, [(1, 1)]) == [1]
    assert fired(watch, [(1, 0)], source="lobby") == []
    assert fired(watch, [(1.5, 0)], node="cars") == []
    assert fired(watch, [(2, 1)]) == []
    assert fired(watch, [(2, 1)], source="lobby") == [2]


def test_what_held_before_a_long_silence_does_not_count_as_held() -> None:
    watch = Watch(parse("count(person) >= 1 for 3s"))
    assert fired(watch, [(1, 1), (60, 1), (62, 1), (63, 1)]) == [63]


def test_without_a_condition_every_result_fires_or_one_in_every() -> None:
    assert fired(Watch(None), [(1, 0), (2, 0), (3, 1)]) == [1, 2, 3]
    assert fired(Watch(None, every_seconds=2), [(1, 0), (2, 0), (3, 1)]) == [1, 3]
