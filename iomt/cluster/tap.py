"""`iomt tap`: the newest messages of a link, as its source serves them over HTTP.

They come through the API server's proxy. So nothing is taken from a reader, nobody gets an account at the
broker, and no policy of the network is opened.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from iomt.cluster import trouble
from iomt.cluster.api import Api, NoCluster
from iomt.cluster.kinds import POD
from iomt.cluster.waiting import pods_by_node
from iomt.contract import http
from iomt.contract.envelope import BadEnvelope, Envelope
from iomt.plan.plan import PlannedLink
from iomt.targets.kubernetes.place import HTTP_PORT

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Tapped:
    """One message: what is said about it, and its bytes."""

    envelope: Envelope
    body: bytes


def tap(api: Api, namespace: str, link: PlannedLink, *, count: int, seconds: float) -> Iterator[Tapped]:
    """The newest message, and those that come after it, ``count`` in all or for so many seconds.

    A slow look leaves messages out, as any live reader does. Raises `Refused`, `NoCluster`, and LookupError
    where the source has no pod that runs.
    """
    deadline = time.monotonic() + seconds
    pod = trouble.newest(pods_by_node(api, namespace).get(link.source, ()))
    if pod is None or pod["status"].get("phase") != "Running":
        raise LookupError(link.source)
    root = f"{POD.path(namespace, pod['metadata']['name'] + f':{HTTP_PORT}')}/proxy"
    newest = _newest(api, f"{root}{http.newest(link.source_port)}")
    if newest:
        yield newest
        count -= 1
    seen = newest.envelope if newest else None
    if not count:
        return
    try:
        for each in parts(api.chunks(f"{root}{http.stream(link.source_port)}", seconds=seconds)):
            if each.envelope == seen:
                continue
            yield each
            count -= 1
            if not count or time.monotonic() > deadline:
                return
    except NoCluster:
        if time.monotonic() < deadline:
            raise


def parts(chunks: Iterator[bytes]) -> Iterator[Tapped]:
    """The messages of a multipart stream; a part that no device of ours wrote is left out."""
    held = b""
    for chunk in chunks:
        held += chunk
        while _HEAD_END in held:
            head, _, rest = held.partition(_HEAD_END)
            headers = _headers(head)
            size = int(headers.get("content-length", "0"))
            if len(rest) < size:
                break
            held = rest[size:]
            try:
                yield Tapped(Envelope.from_headers(headers), rest[:size])
            except BadEnvelope:
                continue


def _newest(api: Api, path: str) -> Tapped | None:
    """None where nothing was said yet."""
    headers, body = api.message(path)
    try:
        return Tapped(Envelope.from_headers(headers), body)
    except BadEnvelope:
        return None


def _headers(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("latin-1").splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}
