"""Logs as JSON lines on standard error: one object a line, with node and graph on each."""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from iomt.contract.settings import Settings

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _JsonLines(logging.Formatter):
    def __init__(self, settings: Settings, hide: Callable[[str], str]) -> None:
        super().__init__()
        self._hide = hide
        self._fixed = {"graph": settings.graph, "node": settings.node, "device": settings.device}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **self._fixed,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _STANDARD)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps({name: self._shown(each) for name, each in line.items()}, ensure_ascii=False)

    def _shown(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._hide(value if isinstance(value, str) else str(value))


def logger(settings: Settings, hide: Callable[[str], str]) -> logging.Logger:
    """The process's logger, with secrets hidden. Libraries' warnings go the same way, their chatter not."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(settings, hide))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log = logging.getLogger("iomt")
    log.setLevel(logging.INFO)
    return log
