"""A graphics processor asked of a site that has none, or too few."""

from collections.abc import Iterable

from iomt.catalogue.resolved import Resolved
from iomt.diagnostics.finding import Finding, Related, Severity
from iomt.language.graph import Node, Site
from iomt.language.source import SourceText


def gpu_missing(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """One replica alone asks for more than there are; what several ask together is `site-overload`."""
    for node in resolved.graph.nodes.values():
        site = resolved.graph.sites.get(node.site or "")
        if site and node.gpu:
            yield from _finding(node, site, node.gpu.count)


def sites_without_gpu(resolved: Resolved) -> set[str]:
    """Sites of which this rule tells an error: what is asked of them together is no second one."""
    sites = resolved.graph.sites
    return {
        site.name
        for node in resolved.graph.nodes.values()
        if node.gpu and (site := sites.get(node.site or "")) and _has_too_few(site, node.gpu.count)
    }


def _has_too_few(site: Site, wanted: int) -> bool:
    return site.gpus is not None and site.gpus < wanted


def _finding(node: Node, site: Site, wanted: int) -> Iterable[Finding]:
    name, span = node.name, node.spans.get("gpu", node.span)
    related = (Related(site.spans.get("gpus", site.span), f"what {site.name} has"),)
    asks = f"{name} asks for {'a graphics processor' if wanted == 1 else f'{wanted} graphics processors'}"
    if site.gpus is None:
        if site.cores is not None or site.memory is not None:
            message = f"{asks}, and nothing says that {site.name} has one"
            help_text = f"add gpus: {wanted} to {site.name}, if it has"
            yield Finding("gpu-missing", message, span, help_text, related, Severity.HINT)
    elif _has_too_few(site, wanted):
        message = f"{asks}, and {site.name} has {site.gpus or 'none'}"
        help_text = "put it at a site that has, or remove gpu: the model then runs on the processor"
        if site.gpus:
            help_text = f"ask for at most {site.gpus}, or put it at a site that has more"
        yield Finding("gpu-missing", message, span, help_text, related)
