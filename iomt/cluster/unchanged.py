"""Whether an object is as it should be, so that it need not be sent: most are, in a second apply."""

from typing import Any

from iomt.cluster.api import Body
from iomt.cluster.applyset import SAID


def unchanged(there: Body, wanted: Body) -> bool:
    """Whether an apply would change nothing.

    The annotation says that the same was applied last, so nothing has to be taken out; and each field that
    is wanted is there. Where a value is only written otherwise (`500m`, `0.5`) the answer is no, and the
    API server decides.
    """
    said = wanted["metadata"].get("annotations", {}).get(SAID)
    return said is not None and _has(there, wanted)


def _has(there: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        if not isinstance(there, dict):
            return False
        # What is empty or false may be left out by the API server.
        return all(_has(there[key], value) if key in there else not value for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(there, list) or len(there) != len(wanted):
            return False
        return all(_has(one, other) for one, other in zip(there, wanted, strict=True))
    return bool(there == wanted)
