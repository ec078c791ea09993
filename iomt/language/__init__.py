"""YAML text to a syntax tree with spans, to a Graph. `read` is the way in."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from iomt.diagnostics.finding import Finding
from iomt.language.graph import Graph
from iomt.language.source import SourceText


def read(path: str) -> tuple[Graph | None, list[Finding], SourceText]:
    """Read a graph file: the graph as far as it could be understood, and all that is wrong with it.

    The graph is None only where nothing usable stands in the file. Spans name the file by ``path``
    as it was given. Never raises for what a user may have written.
    """
    from iomt.language.parse import parse
    from iomt.language.reader import read_document
    from iomt.language.source import read_source

    source, findings = read_source(path)
    if not source.text.strip():
        return None, findings, source
    with without_garbage_collection():
        document, syntax = read_document(source)
        findings += syntax
        if document is None:
            return None, findings, source
        graph, meaning = parse(document)
        return graph, findings + meaning, source


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """For what makes a million small objects and no cycles: looking for cycles costs more than the rest."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
