"""Files that options name and that are not there."""

import os.path
from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Severity
from iomt.language.source import SourceText


def missing_file(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """A warning only: the file may come before the graph runs, or be on another machine."""
    directory = resolved.graph.directory
    for node in resolved.nodes.values():
        for option in node.device.paths:
            text = node.node.options.get(option)
            if not isinstance(text, str) or not text or _exists(os.path.join(directory, text)):
                continue
            message = f"there is no file {text}"
            span = node.node.option_spans[(option,)]
            help_text = "put it there, or mend the path: it begins in the folder of the graph file"
            yield Finding("missing-file", message, span, help_text, severity=Severity.WARNING)


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except (OSError, ValueError):  # a name that no file can have
        return False
