"""YAML text to a syntax tree with spans, to a Graph. `read` is the way in."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from iomt.diagnostics.finding import Finding
from iomt.language.graph import Graph
from iomt.language.source import SourceText


def read(*paths: str, profile: str = "") -> tuple[Graph | None, list[Finding], SourceText]:
    """Read a graph: as far as it could be understood, and all that is wrong with it.

    Several files are one graph: a base, and what is laid on it (docs/language.md); ``profile`` is the one
    of the graph's own that is laid on it last. The graph is None
    only where nothing usable stands in one of them. Spans name files by ``paths`` as they were given.
    Never raises for what a user may have written.
    """
    from iomt.language.parse import parse
    from iomt.language.reader import read_document
    from iomt.language.source import read_source
    from iomt.language.suggest import begin

    begin()
    sources, findings = [], []
    for path in paths:
        text, unreadable = read_source(path)
        sources.append(text)
        findings += unreadable
    source = sources[0]._replace(others=tuple(sources[1:])) if len(sources) > 1 else sources[0]
    with without_garbage_collection():
        read_ones = [read_document(each, number) for number, each in enumerate(sources) if each.text.strip()]
        findings += [finding for _, syntax in read_ones for finding in syntax]
        documents = [document for document, _ in read_ones if document]
        if len(documents) < len(sources):
            return None, findings, source
        if len(documents) == 1 and not profile:
            graph, meaning = parse(documents[0])
            return graph, [*findings, *meaning], source
        from iomt.language.together import together, with_profile

        whole = together(documents)
        if profile:
            whole = with_profile(whole, profile)
        graph, meaning = parse(whole.document, whole.removed, whole.links_of_profile)
        return graph, [*findings, *whole.findings, *meaning], source


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
