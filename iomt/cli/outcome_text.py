"""What an apply did, as `iomt apply` and `iomt rollback` tell it."""

import sys
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iomt.cluster.apply import Outcome


def tell(line: str) -> None:
    """One line, at once: somebody waits for it."""
    print(line, flush=True)


def print_outcome(outcome: "Outcome", *, dry_run: bool) -> None:
    """What was changed on standard output, what was refused or is not ready on standard error."""
    from iomt.cluster.change import Effect

    for change in outcome.changes:
        if change.effect is Effect.REFUSED:
            sys.stderr.write(f"refused: {change.what} ({change.origin}): {change.why}\n")
        elif change.effect is Effect.LEFT:
            print(f"left      {change.what}: not in the graph any more; --prune deletes it")
        elif change.effect is not Effect.UNCHANGED:
            print(f"{change.effect.value:<10}{change.what}")
    for title, reason in outcome.unready.items():
        first, *rest = reason.splitlines()
        sys.stderr.write("\n".join([f"not ready: {title}: {first}", *(f"    {line}" for line in rest), ""]))
    counts = Counter(change.effect for change in outcome.changes)
    told = ", ".join(f"{counts[each]} {each.value}" for each in Effect if counts[each])
    print(f"{told}{' (dry run: nothing was written)' if dry_run else ''}", flush=True)
