"""Rendered objects are looked at before anybody gets them: what is wrong with them is iomt's fault."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from iomt.cli import MISUSE
from iomt.cli.saying_no import misuse

if TYPE_CHECKING:
    from iomt.targets.kubernetes import Rendered
    from iomt.targets.kubernetes.verify import Fault


def not_sound(verb: str, rendered: "Rendered", *, strict: bool = False) -> int:
    """0 where all objects are sound, else the exit code, with everything told on standard error.

    ``strict``: hold them against the schemas of the chosen version of Kubernetes too.
    """
    from iomt.targets.kubernetes.verify import faults

    found = faults(rendered.manifests)
    if strict:
        try:
            from iomt.targets.kubernetes.strict import strict_faults

            more, unknown = strict_faults(rendered.manifests, rendered.choices.kube)
        except ModuleNotFoundError as error:
            return misuse(verb, f"{error.name} is not installed: install iomt with its extra `strict`")
        except LookupError as error:
            return misuse(
                verb, f"kubernetes-validate has no schemas of Kubernetes {error}: install a newer one"
            )
        found += more
        for kind in unknown:
            sys.stderr.write(f"iomt {verb}: not checked, since Kubernetes itself has no such kind: {kind}\n")
    return _told(verb, found) if found else 0


def _told(verb: str, found: "Iterable[Fault]") -> int:
    sys.stderr.write(
        f"iomt {verb}: this is a fault of iomt, and not of the graph. Nothing was written. Report it:\n"
    )
    for each in found:
        sys.stderr.write(f"  {each.what} ({each.origin}): {each.why}\n")
    return MISUSE
