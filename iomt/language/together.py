"""Several files as one graph: a base, and what is laid on it; a profile of it last."""

from typing import NamedTuple

from iomt.diagnostics.finding import Finding, Related
from iomt.language.document import Document, Mapping, Scalar, Sequence, Value, kind_of
from iomt.language.merged import is_nothing, merged, value_of, with_value
from iomt.language.suggest import cure


class Together(NamedTuple):
    """One tree. ``removed`` are the nodes that a later file took away: their links go with them.

    The last ``links_of_profile`` items of its links are those of a profile.
    """

    document: Document
    removed: frozenset[str]
    findings: list[Finding]
    links_of_profile: int = 0


def together(documents: list[Document]) -> Together:
    """Lay each file on those before it. Links are added, everything else follows `merged`.

    The documents are those of one list of files, each read with its number in it.
    """
    root, *others = (each.root for each in documents)
    sources = tuple(each.source for each in documents)
    removed, findings = set[str](), []
    for over in others:
        whole = Document(root, sources)
        if not isinstance(over, Mapping):
            message = f"a graph file must be a map, found {kind_of(over)}"
            findings.append(Finding("wrong-type", message, whole.span(over), "begin with `spec:`"))
        elif not isinstance(root, Mapping):
            continue  # told by `parse`
        else:
            findings += _other_names(whole, over)
            removed = (removed | _nodes(over, gone=True)) - _nodes(over, gone=False)
            root = _laid(root, over)
    return Together(Document(root, sources), frozenset(removed), findings)


def with_profile(whole: Together, name: str) -> Together:
    """Lay one of the graph's own profiles on it, as if it were the `spec` of another file."""
    root = whole.document.root
    profiles = _at(root, "spec", "profiles")
    named = [key.text for key, _ in profiles.entries] if isinstance(profiles, Mapping) else []
    if name not in named:
        at = profiles or (root.entries[0][0] if isinstance(root, Mapping) and root.entries else root)
        help_text = cure(name, named, "spec.profiles has none of that name")
        message = f"there is no profile called {name}"
        finding = Finding("unknown-profile", message, whole.document.span(at), help_text)
        return whole._replace(findings=[*whole.findings, finding])
    laid = _at(profiles, name)
    if not isinstance(root, Mapping) or not isinstance(laid, Mapping):
        return whole  # told by `parse`
    over = Mapping([(_key(root, "spec"), laid)], laid.start, laid.end)
    removed = (whole.removed | _nodes(over, gone=True)) - _nodes(over, gone=False)
    document = Document(_laid(root, over), whole.document.sources)
    links = value_of(laid, "links")
    count = len(links.items) if isinstance(links, Sequence) else 0
    return Together(document, frozenset(removed), whole.findings, count)


def _laid(base: Mapping, over: Mapping) -> Value:
    root = merged(base, over)
    both = [_at(each, "spec", "links") for each in (base, over)]
    if not isinstance(root, Mapping) or not all(isinstance(each, Sequence) for each in both):
        return root
    items = [item for each in both if isinstance(each, Sequence) for item in each.items]
    last = both[-1]
    assert last is not None
    spec = value_of(root, "spec")
    assert isinstance(spec, Mapping)
    links = Sequence(items, last.start, last.end)
    return with_value(root, _key(root, "spec"), with_value(spec, _key(spec, "links"), links))


def _other_names(whole: Document, over: Mapping) -> list[Finding]:
    """Two names are two graphs."""
    mine, other = (_at(each, "metadata", "name") for each in (whole.root, over))
    if not isinstance(mine, Scalar) or not isinstance(other, Scalar):
        return []
    if mine.text == other.text or is_nothing(other):
        return []
    message = f"files that are given together are one graph, and this one is called {other.text}"
    related = (Related(whole.span(mine), f"the first is called {mine.text}"),)
    help_text = f"write {mine.text}, leave the name out, or give the files one by one"
    return [Finding("other-graph", message, whole.span(other), help_text, related)]


def _nodes(over: Mapping, *, gone: bool) -> set[str]:
    nodes = _at(over, "spec", "nodes")
    entries = nodes.entries if isinstance(nodes, Mapping) else []
    return {key.text for key, value in entries if is_nothing(value) is gone}


def _at(value: Value | None, *path: str) -> Value | None:
    for name in path:
        value = value_of(value, name) if isinstance(value, Mapping) else None
    return value


def _key(mapping: Mapping, name: str) -> Scalar:
    return next(key for key, _ in mapping.entries if key.text == name)
