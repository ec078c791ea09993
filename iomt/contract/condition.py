"""The `when` of an actuator: a small expression over results, read by hand and never by eval.

``count(red box) >= 3``, ``score(person) > 0.8 and source == "gate"``, ``count(*, 0.6) > 2 for 3s``.

    condition  = either [ "for" DURATION ]
    either     = both { "or" both }
    both       = negation { "and" negation }
    negation   = "not" negation | "(" either ")" | comparison
    comparison = amount (">" | ">=" | "<" | "<=" | "==" | "!=") amount
               | "source" ("==" | "!=") QUOTED
    amount     = NUMBER | "count(" LABEL [ "," NUMBER ] ")" | "score(" LABEL ")"

A LABEL is ``*`` (everything), quoted, or bare words: letters, digits, spaces and ``_ - . / & +``.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from iomt.contract.expression import (
    EVERYTHING,
    All,
    Amount,
    AnyOf,
    Comparison,
    Count,
    Expression,
    Not,
    Number,
    Score,
    SourceIs,
)
from iomt.contract.quantity import BadQuantity, seconds
from iomt.contract.results import Result

MAX_LENGTH = 2000
"""Characters; the longest that anybody reads."""
MAX_DEPTH = 32
"""Nested parentheses and `not`."""

_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_COMPARISON = re.compile(r">=|<=|==|!=|>|<")
_BARE_LABEL = re.compile(r"\w(?:[\w \-./&+]*[\w.+])?")
_LARGEST = 1e9
_SPELLINGS = {"&&": "and", "||": "or", "!": "not", "=>": ">=", "=<": "<=", "=": "=="}


class BadCondition(ValueError):
    """A text that is no condition: ``length`` characters from ``offset`` are what is wrong."""

    def __init__(self, message: str, offset: int, length: int) -> None:
        super().__init__(message)
        self.message, self.offset, self.length = message, offset, length


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read.

    ``labels`` are the labels it names (without ``*``), ``sources`` the sensors; ``hold_seconds``
    is how long it must stay true before it counts, 0 for at once.
    """

    text: str
    expression: Expression
    hold_seconds: float
    labels: frozenset[str]
    sources: frozenset[str]

    def holds(self, result: Result) -> bool:
        """Whether the instant part, without `for`, is true of this result."""
        return self.expression.holds(result)


def parse(text: str) -> Condition:
    """Read a condition. Raises `BadCondition` with a message for people."""
    return _Reader(text).condition()


class _Reader:
    """Recursive descent over the text; ``_at`` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._labels: set[str] = set()
        self._sources: set[str] = set()

    def condition(self) -> Condition:
        if len(self._text) > MAX_LENGTH:
            self._refuse(
                f"the condition has {len(self._text)} characters, at most {MAX_LENGTH} are read",
                MAX_LENGTH,
                len(self._text) - MAX_LENGTH,
            )
        expression = self._either(0)
        hold = self._hold() if self._takes_word("for") else 0.0
        self._end()
        return Condition(self._text, expression, hold, frozenset(self._labels), frozenset(self._sources))

    def _either(self, depth: int) -> Expression:
        terms = [self._both(depth)]
        while self._takes_word("or"):
            terms.append(self._both(depth))
        return terms[0] if len(terms) == 1 else AnyOf(tuple(terms))

    def _both(self, depth: int) -> Expression:
        terms = [self._negation(depth)]
        while self._takes_word("and"):
            terms.append(self._negation(depth))
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def _negation(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} parentheses and `not` inside each other", self._at, 1)
        if self._takes_word("not"):
            return Not(self._negation(depth + 1))
        opening = self._skip()
        if self._takes("("):
            inner = self._either(depth + 1)
            if self._word() == "for":
                self._refuse(
                    "`for` belongs to the whole condition: write it once, at the very end", self._at, 3
                )
            self._close(opening)
            return inner
        if self._word() == "source":
            return self._source()
        return self._comparison()

    def _source(self) -> Expression:
        self._takes_word("source")
        start = self._skip()
        sign = self._sign("source")
        if sign not in ("==", "!="):
            self._refuse(f"`source` is a name: compare it with == or !=, not with {sign}", start, len(sign))
        name = self._quoted()
        if name is None:
            self._refuse_here('expected the name of a sensor in quotes, such as "gate"')
        self._sources.add(name)
        return SourceIs(name) if sign == "==" else Not(SourceIs(name))

    def _comparison(self) -> Expression:
        start = self._skip()
        left = self._amount()
        what = self._text[start : self._at]
        sign = self._sign(what)
        right = self._amount()
        length = self._at - start
        if isinstance(left, Number) and isinstance(right, Number):
            self._refuse(
                "this compares two fixed numbers: one side must be count(...) or score(...)", start, length
            )
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Score) and isinstance(other, Number) and other.value > 1:
                self._refuse(
                    f"a score is 0 to 1, so it is never compared with {other.value:g}", start, length
                )
        after = self._skip()
        if again := _COMPARISON.match(self._text, after):
            middle = self._text[start:after].strip()
            self._refuse(f"only two sides can be compared: write `{middle} and ...`", after, len(again[0]))
        return Comparison(left, sign, right)

    def _sign(self, left: str) -> str:
        start = self._skip()
        found = _COMPARISON.match(self._text, start)
        if not found:
            self._refuse_here(f"expected a comparison after `{left}`, such as `{left} > 2`")
        self._at = found.end()
        return found[0]

    def _amount(self) -> Amount:
        start = self._skip()
        if number := _NUMBER.match(self._text, start):
            return Number(self._number(number))
        word = self._word()
        if word not in ("count", "score"):
            self._refuse_here("expected count(LABEL), score(LABEL) or a number")
        self._at += len(word)
        opening = self._skip()
        if not self._takes("("):
            self._refuse_here(f"expected ( after `{word}`, such as {word}(person)")
        label = self._label(word)
        if label != EVERYTHING:
            self._labels.add(label)
        if word == "score":
            self._close(opening)
            return Score(label)
        least = self._least_score() if self._takes(",") else 0.0
        self._close(opening)
        return Count(label, least)

    def _label(self, function: str) -> str:
        if self._takes(EVERYTHING):
            return EVERYTHING
        quoted = self._quoted()
        if quoted is not None:
            return quoted
        found = _BARE_LABEL.match(self._text, self._at)
        if not found:
            self._refuse_here(
                f"expected a label, such as {function}(person), or {function}(*) for everything"
            )
        self._at = found.end()
        return " ".join(found[0].split())

    def _least_score(self) -> float:
        start = self._skip()
        number = _NUMBER.match(self._text, start)
        if not number:
            self._refuse_here(
                "expected the lowest score that counts, 0 to 1 (a label with a comma in it stands in quotes)"
            )
        value = self._number(number)
        if value > 1:
            self._refuse(f"a score is 0 to 1, found {number[0]}", start, len(number[0]))
        return value

    def _number(self, found: re.Match[str]) -> float:
        self._at = found.end()
        value = float(found[0])
        if value > _LARGEST:
            self._refuse(f"numbers go up to {_LARGEST:.0f}", found.start(), len(found[0]))
        return value

    def _quoted(self) -> str | None:
        start = self._skip()
        quote = self._text[start : start + 1]
        if quote not in ("'", '"'):
            return None
        end = self._text.find(quote, start + 1)
        if end < 0:
            self._refuse(f"this {quote} is never closed", start, len(self._text) - start)
        if not self._text[start + 1 : end].strip():
            self._refuse("a name is expected between the quotes", start, end + 1 - start)
        self._at = end + 1
        return self._text[start + 1 : end]

    def _hold(self) -> float:
        start = self._skip()
        duration = self._text[start:].rstrip()
        try:
            held = seconds(duration)
        except BadQuantity as error:
            if not duration:
                self._refuse("expected a duration after `for`, such as 3s", start - 1, 1)
            self._refuse(str(error), start, len(duration))
        self._at = len(self._text)
        return held

    def _end(self) -> None:
        if self._skip() < len(self._text):
            if self._text[self._at] == ")":
                self._refuse("this ) has no (", self._at, 1)
            self._refuse_here("expected `and`, `or`, `for` or the end")

    def _close(self, opening: int) -> None:
        self._skip()
        if self._at == len(self._text):
            self._refuse("this ( is never closed", opening, 1)
        if not self._takes(")"):
            self._refuse_here("expected )")

    def _skip(self) -> int:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _word(self) -> str:
        found = _WORD.match(self._text, self._skip())
        return found[0] if found else ""

    def _takes_word(self, word: str) -> bool:
        if self._word() != word:
            return False
        self._at += len(word)
        return True

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._skip()):
            return False
        self._at += len(sign)
        return True

    def _refuse_here(self, expected: str) -> NoReturn:
        """Say what stands here instead of what was expected."""
        start = self._skip()
        rest = self._text[start:]
        if not rest:
            self._refuse(
                f"{expected}, but the condition ends here", max(start - 1, 0), min(1, len(self._text))
            )
        for wrong, right in _SPELLINGS.items():
            if rest.startswith(wrong) and not _COMPARISON.match(rest):
                self._refuse(f"`{wrong}` is written `{right}` here", start, len(wrong))
        found = self._word() or rest[0]
        if found.lower() != found and found.lower() in (
            "and",
            "or",
            "not",
            "for",
            "count",
            "score",
            "source",
        ):
            self._refuse(f"`{found}` is written `{found.lower()}` here", start, len(found))
        self._refuse(f"{expected}, found `{found}`", start, len(found))

    def _refuse(self, message: str, offset: int, length: int) -> NoReturn:
        raise BadCondition(message, offset, length)
