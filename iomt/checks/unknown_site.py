"""A node at a site that the graph does not describe."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding
from iomt.language.source import SourceText
from iomt.language.suggest import cure, one_of


def unknown_site(resolved: Resolved, _: SourceText) -> Iterator[Finding]:
    """A misspelt site would have no machines."""
    sites = resolved.graph.sites
    for node in resolved.graph.nodes.values():
        if node.site is None or node.site in sites:
            continue
        there = f"the sites are {one_of(sites, 'and')}"
        otherwise = there if sites else f"add sites: {{{node.site}: {{}}}} to spec"
        message = f"there is no site called {node.site}"
        yield Finding("unknown-site", message, node.spans["site"], cure(node.site, sites, otherwise))
