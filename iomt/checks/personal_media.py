"""Where media of people flows: from which sites it comes to each node, and by which links.

Pictures, video and sound are personal wherever they come from, so crops and converted sound are too.
What is only told of them is personal where it is as good as they are: words (a transcript, a
caption) and vectors (made for finding the same face again). Detections, labels, poses and other
results are not.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from iomt.catalogue.resolved import Resolved, ResolvedLink
from iomt.contract import media

_PERSONAL = {"image", "audio", "video"}
_TELLING = {media.TEXT, media.EMBEDDING}
_ENOUGH = 2
"""Sites that are remembered of a medium at a node: of two, one is not the place where a link leads."""

Held = dict[str, dict[str, "Arrival | None"]]
"""By media type and by the site where it was captured, how it came; None where it was captured here."""


class Arrival(NamedTuple):
    """The link that brought it, and the media type that it was before."""

    link: ResolvedLink
    before: str


class Carried(NamedTuple):
    """Personal media on a link; ``origin`` is the site where it was captured."""

    link: ResolvedLink
    media: str
    origin: str
    held: dict[str, Held]
    before: str

    def path(self) -> list[ResolvedLink]:
        """The links from the sensor on, this one at the end."""
        links, before = [self.link], self.before
        while arrival := self.held[links[-1].source.name][before][self.origin]:
            links.append(arrival.link)
            before = arrival.before
        return links[::-1]


def is_uncertain(media_type: str) -> bool:
    """Whether nobody can tell what this is: a model whose task is not known may tell words."""
    return "*" in media_type


def is_personal(media_type: str) -> bool:
    """By itself, whatever it was made of."""
    return media.essence(media_type).partition("/")[0] in _PERSONAL


def is_telling(media_type: str) -> bool:
    """Personal where it was made of something personal; also where nobody can tell what it is."""
    return media.essence(media_type) in _TELLING or is_uncertain(media_type)


def carried(resolved: Resolved) -> Iterator[Carried]:
    """All personal media on all links; each once for each of at most two sites where it was captured.

    A node is looked at again only when it holds something new, of which there is little: the time is
    that of reading the links, times the kinds of media.
    """
    leaving: dict[str, list[ResolvedLink]] = {}
    held: dict[str, Held] = {name: {} for name in resolved.nodes}
    for link in resolved.links:
        leaving.setdefault(link.source.name, []).append(link)
        site = link.source.node.site
        if link.source.kind == "MSensor" and site and is_personal(link.media):
            held[link.source.name][link.media] = {site: None}
    waiting = deque(name for name, inside in held.items() if inside)
    while waiting:
        name = waiting.popleft()
        fed = {link.target.name for link in leaving.get(name, ()) if _bring(link, held)}
        waiting.extend(sorted(fed))
    for link in resolved.links:
        for media_type, before, origin in _given(link, held[link.source.name]):
            yield Carried(link, media_type, origin, held, before)


def _bring(link: ResolvedLink, held: dict[str, Held]) -> bool:
    """Whether the link brings something that its target did not have."""
    is_new = False
    inside = held[link.target.name]
    for media_type, before, origin in _given(link, held[link.source.name]):
        origins = inside.setdefault(media_type, {})
        if origin not in origins and len(origins) < _ENOUGH:
            origins[origin] = Arrival(link, before)
            is_new = True
    return is_new


def _given(link: ResolvedLink, inside: Held) -> Iterator[tuple[str, str, str]]:
    """What the source gives over the link: the media type, the one it was made of, the site."""
    made = link.media
    if link.source_port.like:  # a storage gives what it was given
        for media_type, origins in inside.items():
            if any(media.accepts(each, media_type) for each in link.target_port.media):
                yield from ((media_type, media_type, origin) for origin in origins)
    elif link.source.kind == "MSensor":
        yield from ((made, made, origin) for origin in inside.get(made, ()))
    elif is_personal(made) or is_telling(made):
        seen: set[str] = set()
        for media_type, origins in inside.items():
            for origin in sorted(origins.keys() - seen):
                seen.add(origin)
                yield made, media_type, origin
