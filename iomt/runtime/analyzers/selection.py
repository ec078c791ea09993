"""Which of a model's answers are given on: options ``threshold``, ``labels``, ``top``."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from iomt.contract.results import Item
from iomt.runtime.device import PermanentFault


@dataclass(frozen=True, slots=True)
class Selection:
    """``labels`` empty: all of them. ``top`` 0: no limit."""

    threshold: float
    labels: frozenset[str] = frozenset()
    top: int = 0

    @classmethod
    def from_options(
        cls, options: dict[str, Any], known: Iterable[str], threshold: float, top: int
    ) -> "Selection":
        """``known`` are the model's labels, ``threshold`` and ``top`` what suits the task.

        Raises `PermanentFault` for a label that the model never gives: the node would stay silent.
        """
        known = list(known)
        wanted = options.get("labels") or ()
        for label in wanted:
            if label not in known:
                near = difflib.get_close_matches(label, known, 3)
                instead = " or ".join(map(repr, near)) if near else ", ".join(map(repr, known[:20]))
                raise PermanentFault(
                    f"option `labels`: the model never says {label!r}; it has {len(known)} labels, "
                    f"did you mean {instead}?"
                )
        # `top` is a limit of labels for one picture; a detector's boxes are not labels.
        return cls(
            threshold=float(options.get("threshold", threshold)),
            labels=frozenset(wanted),
            top=int(options.get("top", top)) if top else 0,
        )

    def of(self, items: Iterable[Item]) -> list[Item]:
        """What is kept, best first, scores rounded to six digits."""
        kept = [
            item
            for item in items
            if item.score >= self.threshold and (not self.labels or item.label in self.labels)
        ]
        kept.sort(key=lambda item: -item.score)
        # Rounded last: two scores that only then are equal keep their order.
        return [replace(item, score=round(item.score, 6)) for item in kept[: self.top or None]]
