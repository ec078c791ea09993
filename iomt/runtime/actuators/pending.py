"""Which events fired and were not acted on yet: kept in a file, so that a kill forgets none."""

from pathlib import Path

_MOST = 1000


class Pending:
    """An ordered set of message ids in a text file, one a line; the oldest of over 1,000 goes.

    Written as one rename: a reader after a kill sees the set before or after, never half of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text("utf-8").splitlines() if path.exists() else ()
        self._ids = dict.fromkeys(lines)

    def __contains__(self, identity: str) -> bool:
        return identity in self._ids

    def add(self, identity: str) -> None:
        """Remember; nothing where it is known already."""
        if identity in self._ids:
            return
        self._ids[identity] = None
        while len(self._ids) > _MOST:
            del self._ids[next(iter(self._ids))]
        self._write()

    def remove(self, identity: str) -> None:
        """Forget."""
        if identity in self._ids:
            del self._ids[identity]
            self._write()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_text("".join(f"{identity}\n" for identity in self._ids), "utf-8")
        draft.replace(self._path)
