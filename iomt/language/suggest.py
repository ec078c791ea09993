"""The nearest known name to a misspelt one."""

from collections.abc import Iterable

_MOST_COMPARED = 50_000
"""Names that one reading compares: a thousand misspelt ones of ten thousand would take minutes."""
_A_WORD = 12
"""What a misspelt word takes before it is compared, in names compared."""


class _Effort:
    """What is left of the comparing that one reading may do."""

    left = _MOST_COMPARED


def begin() -> None:
    """Another graph is read."""
    _Effort.left = _MOST_COMPARED


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is nearest to a misspelt one, None when none is, or after very many mistakes."""
    if _Effort.left < 0:
        return None
    from difflib import get_close_matches  # only where something is misspelt

    names = list(known)
    _Effort.left -= _A_WORD + len(names)
    if _Effort.left < 0:
        return None
    by_lower = {name.lower(): name for name in names}
    found = get_close_matches(word.lower()[:80], by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def one_of(known: Iterable[str], word: str = "or", most: int = 12) -> str:
    """``a, b or c``, cut after ``most``."""
    names = list(known)
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)


def cure(word: str, known: Iterable[str], otherwise: str) -> str:
    """The help of a finding about an unknown name."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else otherwise
