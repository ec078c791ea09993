"""long-name: graph and node together make the bucket's name, at most 63 characters."""

from collections.abc import Iterator

from iomt.catalogue.resolved import Resolved
from iomt.contract import names
from iomt.diagnostics.finding import Finding
from iomt.language.keys import LONGEST_NAME
from iomt.language.source import SourceText

MOST = 63
"""S3's limit for a bucket's name."""


def long_name(resolved: Resolved, _: SourceText) -> Iterator[Finding]:
    """Storages whose bucket no object store would make; a name too long by itself is a bad-name."""
    if len(resolved.graph.name) > LONGEST_NAME:
        return
    room = MOST - len(names.bucket(resolved.graph.name, ""))
    for node in resolved.nodes.values():
        if len(node.node.name) <= room:
            continue
        bucket = names.bucket(resolved.graph.name, node.name)
        if "store" in node.device.needs and len(bucket) > MOST and len(node.name) <= LONGEST_NAME:
            yield Finding(
                "long-name",
                f"the bucket of {node.name} would be called {bucket}: {len(bucket)} characters",
                node.node.span,
                f"at most {MOST} are allowed: shorten the node's name or the graph's",
            )
