"""Media of people that would leave its site although the graph says that it must not."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from iomt.catalogue.resolved import Resolved, ResolvedNode
from iomt.contract import media
from iomt.diagnostics.finding import Finding, Related, Severity, Span
from iomt.language.source import SourceText

if TYPE_CHECKING:
    from iomt.checks.personal_media import Carried

_RULE = "privacy"
_WORDS = {
    "image": "pictures",
    "audio": "sound",
    "video": "video",
    media.TEXT: "words",
    media.EMBEDDING: "vectors",
}


def privacy(resolved: Resolved, source: SourceText) -> Iterable[Finding]:
    """Only with `privacy: site`: over links to another site, and through actuators that call far hosts."""
    promise = resolved.graph.privacy_span
    if resolved.graph.privacy != "site" or promise is None:
        return
    from iomt.checks.personal_media import carried  # few graphs need it

    yield from _without_site(resolved, promise)
    outside = {node.name: _far(node) for node in resolved.nodes.values() if node.kind == "MActuator"}
    for each in carried(resolved):
        target = each.link.target
        if target.node.site not in (each.origin, each.link.source.node.site):
            if target.node.site:
                where = f"{target.node.name} runs at {target.node.site}"
                cure = f"put {target.node.name} at {each.origin}; detections and labels may leave it"
            else:
                where = f"{target.node.name} has no site, and may run anywhere"
                cure = f"write site: {each.origin} for {target.node.name}"
            yield _finding(each, where, cure, promise)
        elif far := outside.get(target.name):
            cure = "call a host of the site, or link an analyzer whose results say less"
            yield _finding(each, f"{target.node.name} calls {far}", cure, promise)


def _finding(each: "Carried", where: str, cure: str, promise: Span) -> Finding:
    from iomt.checks.personal_media import is_uncertain

    path = each.path()
    sensor = path[0].source.node
    related = [Related(sensor.span, f"{sensor.name} captures at {each.origin}")]
    for link in path[:-1]:
        names = f"{link.source.node.name} -> {link.target.node.name}"
        related.append(Related(link.link.target.span, f"{names}: {link.media}"))
    related.append(Related(promise, "it must not, says the graph"))
    span, told = each.link.link.target.span, tuple(related)
    if is_uncertain(each.media):
        giver = each.link.source.node.name
        message = f"what {giver} makes of {sensor.name} may be words, and would leave {each.origin}: {where}"
        return Finding(
            _RULE, message, span, f"write the `task` of {giver}, or {cure}", told, Severity.WARNING
        )
    kind = media.essence(each.media)
    words = _WORDS.get(kind) or _WORDS[kind.partition("/")[0]]
    return Finding(_RULE, f"{words} of {sensor.name} would leave {each.origin}: {where}", span, cure, told)


def _without_site(resolved: Resolved, promise: Span) -> Iterator[Finding]:
    """Sensors of which nobody can tell what their media would leave; fine where no node has a site."""
    if not any(node.site for node in resolved.graph.nodes.values()):
        return
    from iomt.checks.personal_media import is_personal

    sensors = (node for node in resolved.nodes.values() if node.kind == "MSensor" and not node.node.site)
    personal = (
        each.node for each in sensors if any(is_personal(port.media[0]) for port in each.device.produces)
    )
    for node in personal:
        message = f"media of {node.name} must not leave its site, and no site is named"
        related = (Related(promise, "it must not, says the graph"),)
        yield Finding(_RULE, message, node.span, "write where it is: site: NAME", related)


def _far(node: ResolvedNode) -> str:
    """A host beyond the site that the actuator calls, empty where none is known."""
    from iomt.checks.addresses import hosts, is_near

    return next((host for _, host in hosts(node.node.options) if not is_near(host)), "")
