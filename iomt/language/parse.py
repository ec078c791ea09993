"""A `Document` to a `Graph`: every mistake a finding, and as much of the graph as there is."""

import os.path

from iomt.diagnostics.finding import Finding
from iomt.language.document import Document, Mapping, Scalar, Value
from iomt.language.fields import Fields
from iomt.language.graph import Graph, Link, Node, Site
from iomt.language.keys import GRAPH
from iomt.language.links import LinkReader
from iomt.language.nodes import NodesReader

_UNNAMED = "graph"


def parse(
    document: Document, removed: frozenset[str] = frozenset(), links_of_profile: int = 0
) -> tuple[Graph | None, list[Finding]]:
    """The graph, None where the file is no map at all, and what is wrong with it.

    Links of ``removed`` nodes are no links; the last ``links_of_profile`` items of links are a profile's.
    """
    fields = Fields(document)
    root = document.root
    if not isinstance(root, Mapping):
        fields.wrong_type(root, "a graph file", "a map", "begin with `apiVersion: iomt.dev/v1`")
        return None, fields.findings
    top = fields.take(root, GRAPH, "the graph", _first_key(root))
    keys = GRAPH.by_name
    if "apiVersion" in top:
        fields.choice(top["apiVersion"], keys["apiVersion"], "unknown-version")
    if "kind" in top:
        fields.choice(top["kind"], keys["kind"], "unknown-kind")
    name = _name(fields, root, top)
    nodes: dict[str, Node] = {}
    broken: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    sites: dict[str, Site] = {}
    privacy: Value | None = None
    profiles: tuple[str, ...] = ()
    reader: NodesReader | None = None
    if "spec" in top:
        shape = keys["spec"].shape
        assert shape is not None
        spec = fields.take(top["spec"], shape, "spec", _key(root, "spec"))
        if "sites" in spec:
            from iomt.language.placement import read_sites

            sites = read_sites(fields, spec["sites"])
        if "privacy" in spec and fields.choice(spec["privacy"], shape.by_name["privacy"]):
            privacy = spec["privacy"]
        if "nodes" in spec:
            reader = NodesReader(fields, spec.get("templates"))
            reader.read(spec["nodes"])
            nodes = reader.nodes
        if "profiles" in spec:
            from iomt.language.profiles import read_profiles

            profiles = read_profiles(fields, spec["profiles"])
        if "links" in spec:
            link_reader = LinkReader(fields, reader.several(removed) if reader else {}, nodes)
            links = link_reader.read(spec["links"], links_of_profile)
        if reader:
            broken = reader.broken(links)
    path = document.source.path
    graph = Graph(
        name=name,
        file=path,
        directory=os.path.realpath(os.path.dirname(path)),
        nodes=nodes,
        links=links,
        broken=broken,
        sites=sites,
        privacy="site" if privacy else None,
        privacy_span=fields.span(privacy) if privacy else None,
        profiles=profiles,
    )
    return graph, list(dict.fromkeys(fields.findings))  # nodes of one entry share their mistakes


def _name(fields: Fields, root: Mapping, top: dict[str, Value]) -> str:
    if "metadata" not in top:
        return _UNNAMED
    shape = GRAPH.by_name["metadata"].shape
    assert shape is not None
    metadata = fields.take(top["metadata"], shape, "metadata", _key(root, "metadata"))
    if "name" not in metadata:
        return _UNNAMED
    value = metadata["name"]
    if isinstance(value, Scalar) and fields.text(value, shape.by_name["name"]):
        return fields.name(value, "a graph")
    if not isinstance(value, Scalar):
        fields.text(value, shape.by_name["name"])
    return _UNNAMED


def _first_key(root: Mapping) -> Value:
    return root.entries[0][0] if root.entries else root


def _key(mapping: Mapping, name: str) -> Value:
    return next(key for key, _ in mapping.entries if key.text == name)
