"""Which bootstrap Jobs make room: a Job cannot be changed and runs once, and what it made may be gone since.

A graph that goes back to what it was wants a Job of an old name, which has run: by now another one has taken
accounts and readers away again. So a Job stays only as long as it is the newest. And where broker and store
keep nothing (`--volume none`), a pod of theirs that is newer than the Job's end has nothing of what it made.
"""

from collections.abc import Collection, Iterable, Iterator

from iomt.cluster.api import Body
from iomt.targets.kubernetes.platform import COMPONENT as PLATFORM

_COMPONENT = "app.kubernetes.io/component"


def outlived(
    jobs: Iterable[Body], wanted: Collection[str], pods: Iterable[Body], *, kept: bool
) -> Iterator[Body]:
    """The ones to delete before the ``wanted`` are applied. ``kept``: broker and store have volumes."""
    begun = [
        pod["metadata"]["creationTimestamp"]
        for pod in pods
        if pod["metadata"].get("labels", {}).get(_COMPONENT) == PLATFORM
    ]
    for job in jobs:
        ended = job.get("status", {}).get("completionTime", "")
        # RFC 3339 in UTC, as all times of the API server: later is greater.
        emptied = not kept and ended and any(each > ended for each in begun)
        if job["metadata"]["name"] not in wanted or emptied:
            yield job
